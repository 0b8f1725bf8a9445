// The fast lane: times of a decision, cases fetched ahead, and what depends on a connection. Keys are pressed by
// keys.js; the decision itself is a form that htmx sends. A case that was fetched ahead is shown only where the server
// says that it is the next one, in that very version; its lease is taken when it stands on screen.

const KEPT_MS = 25000;
const FIRST_BYTES = 65535;
const kept = new Map();
const lane = () => document.getElementById("lane");
const audio = () => document.querySelector("#lane [data-player] audio");
const times = { shown: performance.now(), listened: 0, last: null, sought: false };

function begin() {
  Object.assign(times, { shown: performance.now(), listened: 0, last: null, sought: false });
  if (autoplay()) document.querySelector("#lane [data-do=play]")?.click();
  ready();
}

// ------------------------------------------------------------------ how long, and how much was heard

document.addEventListener("mg:player-time", ({ detail: { ms } }) => {
  if (times.last !== null && ms > times.last && ms - times.last < 2000) times.listened += ms - times.last;
  times.last = ms;
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#lane [data-do=seek], #lane [data-do=next], #lane [data-do=previous], #lane [data-play-at], #lane .mg-wave")) times.sought = true;
});

// ------------------------------------------------------------------ the next cases

async function fetchAhead(number, address) {
  const known = kept.get(number);
  if (known && Date.now() - known.at < KEPT_MS) return;
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, redirect: "error", priority: "low" });
  if (!answer.ok) return;
  const html = await answer.text();
  const part = new DOMParser().parseFromString(html, "text/html");
  const version = part.getElementById("lane")?.dataset.version;
  if (!version) return;
  kept.set(number, { html, version, at: Date.now() });
  warm(part);
}

// The first bytes of the sound and its waveform, so that it plays without waiting.
function warm(part) {
  const player = part.querySelector("[data-player]");
  if (!player) return;
  fetch(player.dataset.peaks, { priority: "low" }).catch(() => undefined);
  fetch(player.querySelector("audio").getAttribute("src"), { headers: { Range: `bytes=0-${FIRST_BYTES}` }, priority: "low" }).catch(() => undefined);
}

function ready() {
  const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));
  const ahead = (lane()?.dataset.ahead ?? "").split("|").filter(Boolean).map((one) => one.split(" "));
  idle(async () => {
    for (const [number, one] of [...kept]) if (Date.now() - one.at > KEPT_MS) kept.delete(number);
    for (const [number, address] of ahead) {
      if (document.hidden || !navigator.onLine) return;
      await fetchAhead(number, address).catch(() => undefined);
    }
  }, { timeout: 2000 });
}

const inTime = () => [...kept].filter(([, one]) => Date.now() - one.at < KEPT_MS);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.closest?.("#lane, #toast") || detail.verb === "get") return;
  detail.headers["Lane-Have"] = inTime().map(([number, { version }]) => `${number}@${version}`).join(",");
  if (detail.elt.id !== "decide") return;
  detail.parameters.set("decision_ms", String(Math.round(performance.now() - times.shown)));
  detail.parameters.set("listened_ms", String(Math.round(times.listened)));
  detail.parameters.set("sought", times.sought ? "1" : "0");
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const number = detail.xhr.getResponseHeader("Lane-Use");
  if (!number) return;
  detail.serverResponse = (kept.get(number)?.html ?? "") + detail.xhr.responseText;
  kept.delete(number);
});

// A case that was fetched ahead does not know what was decided since: what comes after it is told with its turn.
function follow(following) {
  lane().dataset.ahead = following;
  const link = lane().querySelector("[data-action='list.next']");
  const address = following.split("|")[0].split(" ")[1];
  if (!address) { link?.remove(); return; }
  link?.setAttribute("href", address);
  link?.setAttribute("hx-get", address);
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target?.id !== "lane") return;
  const place = detail.xhr.getResponseHeader("Lane-Place");
  const shown = document.getElementById("lane-place");
  const following = detail.xhr.getResponseHeader("Lane-Next");
  if (following !== null && lane()) follow(following);
  if (place && shown) shown.textContent = place;
  scrollTo({ top: 0 });
  begin();
});

// ------------------------------------------------------------------ starting by itself, and the connection

const autoplay = () => { try { return localStorage.getItem("mg-lane-plays") === "yes"; } catch { return false; } };
const mark = () => document.querySelector("[data-autoplay]")?.setAttribute("aria-pressed", String(autoplay()));

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-autoplay]")) return;
  try { localStorage.setItem("mg-lane-plays", autoplay() ? "no" : "yes"); } catch { /* not kept */ }
  mark();
});
document.addEventListener("htmx:load", mark);

function connection() {
  const off = !navigator.onLine;
  const bar = document.getElementById("offline");
  if (!bar) return; // the page asks who sits there
  bar.hidden = !off;
  lane()?.toggleAttribute("inert", off);
}
for (const name of ["online", "offline"]) addEventListener(name, connection);
document.addEventListener("htmx:afterSettle", connection);

mark();
begin();
