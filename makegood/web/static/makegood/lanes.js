// The lanes of the player, one per speaker: the waveform from peaks that the server computed, speech as strips, and
// the volume of each speaker. Nothing is decoded here.

// Peaks of every channel: the larger side of each pair of lowest and highest, between 0 and 1.
function channels({ channels: count, bits, data }) {
  const top = 2 ** (bits - 1);
  return Array.from({ length: count }, (_, ch) => {
    const found = new Float32Array(Math.floor(data.length / 2 / count));
    for (let at = 0, place = ch * 2; at < found.length; at += 1, place += count * 2) {
      found[at] = Math.max(Math.abs(data[place]), Math.abs(data[place + 1])) / top;
    }
    return found;
  });
}

function strips(root, speech, duration) {
  for (const { ch, start, end } of speech) {
    const mark = document.createElement("i");
    mark.style.insetInlineStart = `${(start / duration) * 100}%`;
    mark.style.width = `${((end - start) / duration) * 100}%`;
    root.querySelector(`[data-strip="${ch}"]`)?.append(mark);
  }
}

// Plain playing needs none of this: it begins once somebody turns one of two speakers up or down.
function mixer(audio) {
  const context = new AudioContext();
  const source = context.createMediaElementSource(audio);
  const splitter = context.createChannelSplitter(2), merger = context.createChannelMerger(2);
  const gains = [0, 1].map((ch) => {
    const gain = context.createGain();
    splitter.connect(gain, ch);
    gain.connect(merger, 0, ch);
    return gain;
  });
  source.connect(splitter);
  merger.connect(context.destination);
  return { context, gains };
}

function volumes(root, audio) {
  const sliders = [...root.querySelectorAll("[data-volume]")];
  const buttons = [...root.querySelectorAll("[data-mute]")];
  let mix = null;
  const level = (ch, muted) => {
    buttons[ch].setAttribute("aria-pressed", String(muted));
    const value = muted ? 0 : Number(sliders[ch].value) / 100;
    if (sliders.length === 1) { audio.volume = value; return; }
    mix ??= mixer(audio);
    mix.gains[ch].gain.value = value;
  };
  sliders.forEach((slider, ch) => slider.addEventListener("input", () => level(ch, slider.value === "0")));
  buttons.forEach((button, ch) => button.addEventListener("click", () => {
    const mute = button.getAttribute("aria-pressed") !== "true";
    if (!mute && sliders[ch].value === "0") sliders[ch].value = "100";
    level(ch, mute);
  }));
  return { wake: () => mix?.context.resume(), close: () => mix?.context.close() };
}

function colors(wave) {
  const { color, caretColor } = getComputedStyle(wave);
  return { waveColor: color, progressColor: caretColor, cursorColor: "transparent" };
}

// The styles that the waveform brings along carry the nonce of the page.
const nonce = () => document.querySelector("link[data-nonce]")?.nonce ?? "";

function pointing(wave, player) {
  const point = ({ clientX }) => player.seek(((clientX - wave.getBoundingClientRect().left) / wave.clientWidth) * player.duration);
  wave.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    wave.setPointerCapture(event.pointerId);
    point(event);
  });
  wave.addEventListener("pointermove", (event) => { if (wave.hasPointerCapture(event.pointerId)) point(event); });
}

export async function lanes(player) {
  const { root, audio, speech, duration, wave } = player;
  strips(root, speech, duration);
  pointing(wave, player);
  const sound = volumes(root, audio);
  const [{ default: WaveSurfer }, answer] = await Promise.all([import(root.dataset.wave), fetch(root.dataset.peaks)]);
  const peaks = channels(await answer.json());
  const loudest = Math.max(0.1, ...peaks.map((one) => one.reduce((a, b) => Math.max(a, b), 0)));
  const height = root.querySelector(".mg-lane-name").offsetHeight;
  const surfer = WaveSurfer.create({
    ...colors(wave), container: root.querySelector("[data-wave-in]"), media: audio, peaks, duration, height,
    splitChannels: peaks.map(() => ({ height })), barWidth: 2, barGap: 1, barRadius: 1, barMinHeight: 1,
    maxPeak: loudest * 1.1, interact: false, dragToSeek: false, autoScroll: false, hideScrollbar: true, cspNonce: nonce(),
  });
  await new Promise((ready, failed) => { surfer.once("ready", ready); surfer.once("error", failed); });
  return {
    progress: (share) => surfer.getRenderer().renderProgress(share, false),
    repaint: () => surfer.setOptions(colors(wave)),
    wake: sound.wake,
    end: () => { surfer.destroy(); sound.close(); },
  };
}
