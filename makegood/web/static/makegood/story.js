// Deciding with the ear: a finding that is ticked while the player plays, or stands somewhere, takes that second as
// the place where it is heard. The field beside it can be changed and emptied.

let now = null;

const clock = (ms) => {
  const seconds = Math.floor(ms / 1000);
  const rest = String(seconds % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
};

document.addEventListener("mg:player-time", (event) => { now = event.detail.ms; });

// A player that was never touched stands at its cue; nobody heard anything there.
function place() {
  const audio = document.querySelector("[data-player] audio");
  if (!audio) return now;
  const cue = Number(audio.closest("[data-player]").dataset.cue) / 1000;
  const untouched = audio.paused && now === null && Math.abs(audio.currentTime - cue) < 0.05;
  return untouched || !(audio.currentTime > 0) ? now : audio.currentTime * 1000;
}

document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "lane") now = null; });

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-hearing] [name=findings]")) return;
  const field = box.closest(".mg-finding").querySelector("[name^=at-]");
  if (!box.checked) field.value = "";
  else if (place() !== null && !field.value) field.value = clock(place());
});
