// The player of recordings. The sound comes from a native audio element by ranges, through a link that is renewed;
// lanes.js draws the speakers; what was heard is told to the server. A button with data-play-at (milliseconds)
// anywhere plays the nearest player from there; the event mg:player-time says where it is.

const SPEEDS = [1, 1.5, 2, 2.5];
const TELL_EVERY = 10000;
const NEAR = 0.2;
const players = new Map();
let active = null;

const remembered = () => { try { return JSON.parse(localStorage.getItem("mg-player")) ?? {}; } catch { return {}; } };
const remember = (ways) => { try { localStorage.setItem("mg-player", JSON.stringify({ ...remembered(), ...ways })); } catch { /* not kept */ } };
const two = (number) => String(number).padStart(2, "0");
const clock = (whole) => (whole < 3600 ? `${Math.floor(whole / 60)}:` : `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:`) + two(whole % 60);
const headers = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
const post = (url, body) => fetch(url, { method: "POST", body, headers: headers(), keepalive: true, redirect: "error" });

class Player {
  constructor(root) {
    this.root = root;
    this.audio = root.querySelector("audio");
    this.wave = root.querySelector(".mg-wave");
    this.links = { ...root.dataset };
    this.renewedAt = Date.now();
    this.duration = Number(root.dataset.duration) / 1000;
    this.speech = [...root.querySelectorAll("[data-until]")].map((button) => ({ button, ch: Number(button.dataset.ch), start: button.dataset.playAt / 1000, end: button.dataset.until / 1000 }));
    this.turns = [...root.querySelectorAll("[data-turn]")];
    this.untold = [];
    this.last = null;
    this.toldAt = 0;
    this.audio.controls = false;
    this.listen();
    this.speed(remembered().speed ?? 1);
    this.skip(Boolean(remembered().skip));
    this.audio.currentTime = Number(root.dataset.cue) / 1000;
    this.show();
    this.draw();
  }

  // Not every file can be sought to its very end.
  get limit() { return Math.min(this.duration, this.audio.duration || this.duration) - 0.25; }

  get time() { return Math.min(this.audio.currentTime, this.duration); }

  listen() {
    const { audio, root, wave } = this;
    const on = (name, what) => audio.addEventListener(name, what);
    on("play", () => { for (const other of players.values()) if (other !== this) other.audio.pause(); this.activate(); this.state(); });
    on("pause", () => { this.wants = this.wants && Boolean(audio.error); this.state(); this.tell(); });
    on("ended", () => this.state());
    on("seeking", () => { this.last = null; this.show(); });
    on("timeupdate", () => { this.heard(); this.show(); this.leap(); });
    on("error", () => this.failed());
    root.addEventListener("click", (event) => this.pressed(event.target.closest("[data-do]")));
    for (const name of ["focusin", "pointerdown"]) root.addEventListener(name, () => this.activate());
    // A slider answers its own keys, also for those who switched the keys of the pages off.
    wave.addEventListener("keydown", (event) => {
      const long = event.shiftKey ? 10 : 3;
      const to = { ArrowLeft: this.time - long, ArrowDown: this.time - long, ArrowRight: this.time + long, ArrowUp: this.time + long, PageUp: this.time + 10, PageDown: this.time - 10, Home: 0, End: this.limit }[event.key];
      if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      this.seek(to);
    });
  }

  pressed(button) {
    const what = button?.dataset.do;
    if (what === "play" || what === "retry") this.toggle();
    else if (what === "seek") this.seek(this.time + Number(button.dataset.by));
    else if (what === "next") this.jump(this.speech.find(({ start }) => start > this.time + NEAR + 0.05));
    else if (what === "previous") this.jump(this.speech.findLast(({ start }) => start < this.time - 1) ?? this.speech[0]);
    else if (what === "speed") this.speed(SPEEDS[(SPEEDS.indexOf(this.rate) + 1) % SPEEDS.length], true);
    else if (what === "skip") this.skip(!this.skips, true);
  }

  async toggle() {
    if (!this.audio.paused) return this.audio.pause();
    this.wants = true;
    this.trouble("");
    if (this.audio.error || Date.now() - this.renewedAt > (this.links.lives - 15) * 1000) {
      if (!(await this.renew())) return undefined;
    }
    if (this.time >= this.limit) this.audio.currentTime = 0;
    this.lanes?.wake();
    return this.audio.play().catch(() => undefined);
  }

  playFrom(seconds) {
    this.activate();
    this.seek(seconds);
    if (this.audio.paused) this.toggle();
  }

  jump(segment) {
    if (!segment) return this.say("No more speech.");
    this.seek(segment.start);
    return this.say(segment.button.textContent.trim());
  }

  seek(seconds) {
    this.last = null;
    this.audio.currentTime = Math.min(Math.max(0, seconds), this.limit);
    this.show();
  }

  // Over silence, to just before somebody speaks, or to the end.
  leap() {
    if (!this.skips || this.audio.paused || this.audio.seeking) return;
    const now = this.time;
    if (this.speech.some(({ start, end }) => start - 2 * NEAR <= now && now < end + NEAR)) return;
    const next = this.speech.find(({ start }) => start > now);
    const to = next ? next.start - NEAR : this.limit;
    if (to > now + NEAR) this.seek(to);
  }

  speed(rate, tell = false) {
    this.rate = SPEEDS.includes(rate) ? rate : 1;
    this.audio.defaultPlaybackRate = this.rate;
    this.audio.playbackRate = this.rate;
    this.root.querySelector("[data-speed]").textContent = `${this.rate}×`;
    if (tell) { remember({ speed: this.rate }); this.say(`Speed ${this.rate}`); }
  }

  skip(skips, tell = false) {
    const button = this.root.querySelector("[data-do=skip]");
    this.skips = skips && Boolean(button);
    button?.setAttribute("aria-pressed", String(this.skips));
    if (tell) { remember({ skip: this.skips }); this.say(this.skips ? "Silence is skipped." : "Silence is played."); }
  }

  state() {
    const playing = !this.audio.paused && !this.audio.ended;
    this.root.toggleAttribute("data-playing", playing);
    this.root.querySelector("[data-play-word]").textContent = playing ? "Pause" : "Play";
    if (playing) this.trouble("");
  }

  show() {
    const now = this.time, whole = Math.floor(now);
    const speaking = this.speech.filter(({ start, end }) => start <= now && now < end);
    this.root.querySelector("[data-at]").style.insetInlineStart = `calc(${(now / this.duration) * 100}% - 1px)`;
    for (const { button } of this.speech) button.removeAttribute("aria-current");
    for (const { button } of speaking) button.setAttribute("aria-current", "true");
    const turn = this.turns.findLast((one) => one.dataset.turn / 1000 <= now + 0.05);
    if (turn !== this.turn) {
      this.turn?.removeAttribute("aria-current");
      turn?.setAttribute("aria-current", "true");
      const box = turn?.closest(".mg-transcript-in");
      if (box && !this.audio.paused) box.scrollTop = turn.offsetTop - box.offsetTop - box.clientHeight / 3;
      this.turn = turn;
    }
    this.lanes?.progress(now / this.duration);
    const names = [...new Set(speaking.map(({ button }) => button.lastChild.textContent.trim().toLowerCase()))];
    const text = `${whole} of ${this.wave.getAttribute("aria-valuemax")} seconds${names.length ? `, ${names.join(" and ")} speaking` : ""}`;
    if (text !== this.text) {
      this.text = text;
      this.wave.setAttribute("aria-valuenow", String(whole));
      this.wave.setAttribute("aria-valuetext", text);
      this.root.querySelector("[data-now]").textContent = clock(whole);
    }
    if (!this.audio.paused) document.dispatchEvent(new CustomEvent("mg:player-time", { detail: { ms: Math.round(now * 1000) } }));
  }

  heard() {
    const now = Math.round(this.time * 1000);
    if (this.audio.seeking) return;
    if (this.last !== null && now > this.last) {
      const open = this.untold.at(-1);
      if (open?.[1] === this.last) open[1] = now;
      else this.untold.push([this.last, now]);
    }
    this.last = this.audio.paused ? null : now;
    if (Date.now() - this.toldAt > TELL_EVERY) this.tell();
  }

  tell() {
    this.toldAt = Date.now();
    if (!this.untold.length) return;
    const body = new URLSearchParams(this.untold.map(([from, to]) => ["heard", `${from}-${to}`]));
    const told = this.untold;
    this.untold = [];
    post(this.links.heard, body).then(
      (answer) => { if (answer.ok) this.renewedAt = Date.now(); },
      () => { this.untold = [...told, ...this.untold]; },
    );
  }

  async renew() {
    try {
      const answer = await post(this.links.renew);
      if (!answer.ok) { this.trouble(answer.status === 404 ? "This recording can no longer be heard by you." : "The recording could not be loaded."); return false; }
      Object.assign(this.links, await answer.json());
    } catch {
      this.trouble("There is no connection to the server.");
      return false;
    }
    this.renewedAt = Date.now();
    const at = this.time;
    this.audio.src = this.links.audio;
    this.audio.currentTime = at;
    this.audio.playbackRate = this.rate;
    return true;
  }

  // Once by itself, with a new link.
  async failed() {
    const first = Date.now() - (this.failedAt ?? 0) > 5000;
    this.failedAt = Date.now();
    this.state();
    if (!first) this.trouble("The recording could not be played.");
    else if ((await this.renew()) && this.wants) this.audio.play().catch(() => undefined);
  }

  trouble(words) {
    this.root.querySelector("[data-trouble-words]").textContent = words;
    this.root.querySelector("[data-trouble]").hidden = !words;
  }

  say(words) { this.root.querySelector("[data-said]").textContent = words; }

  async draw() {
    try {
      this.lanes = await (await import(this.links.lanes)).lanes(this);
      if (!this.root.isConnected) return this.lanes.end();
      this.root.dataset.ready = "";
      this.show();
    } catch {
      this.say("The waveform could not be drawn; the recording plays without it.");
    }
    return this.root.removeAttribute("data-busy");
  }

  // Keys work on the player that was used last.
  activate() {
    if (active === this) return;
    for (const player of players.values()) player.keys(player === this);
    active = this;
  }

  keys(on) {
    for (const button of this.root.querySelectorAll(on ? "[data-idle-key]" : "[data-key]")) {
      button.setAttribute(on ? "data-key" : "data-idle-key", button.getAttribute(on ? "data-idle-key" : "data-key"));
      button.removeAttribute(on ? "data-idle-key" : "data-key");
    }
  }

  end() {
    this.audio.pause();
    this.tell();
    this.lanes?.end();
    players.delete(this.root);
    if (active === this) { active = null; players.values().next().value?.activate(); }
  }
}

function begin() {
  for (const [root, player] of [...players]) if (!root.isConnected) player.end();
  for (const root of document.querySelectorAll("[data-player]")) {
    if (players.has(root)) continue;
    try {
      const player = new Player(root);
      players.set(root, player);
      if (active) player.keys(false);
      else player.activate();
    } catch (error) {
      root.dataset.broken = "";
      root.querySelector("audio").controls = true;
      throw error;
    }
  }
}

function nearest(element) {
  for (let place = element; place; place = place.parentElement) {
    const root = place.matches("[data-player]") ? place : place.querySelector("[data-player]");
    if (root) return players.get(root);
  }
  return null;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-play-at]");
  if (button) nearest(button)?.playFrom(Number(button.dataset.playAt) / 1000);
});
for (const name of ["htmx:load", "htmx:afterSwap", "htmx:oobAfterSwap"]) document.addEventListener(name, begin);
addEventListener("pagehide", () => { for (const player of players.values()) player.tell(); });
const repaint = () => { for (const player of players.values()) player.lanes?.repaint(); };
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
begin();
