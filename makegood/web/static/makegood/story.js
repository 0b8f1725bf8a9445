// Deciding with the ear: a finding that is ticked while the player plays, or stands somewhere, takes that second as
// the place where it is heard. The field beside it can be changed and emptied. And a question that is asked for with a
// key has its field in focus.

let now = null;

const clock = (ms) => {
  const seconds = Math.floor(ms / 1000);
  const rest = String(seconds % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
};

document.addEventListener("mg:player-time", (event) => { now = event.detail.ms; });

function place() {
  const audio = document.querySelector("[data-player] audio");
  return audio?.currentTime > 0 ? audio.currentTime * 1000 : now;
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-hearing] [name=findings]")) return;
  const field = box.closest(".mg-finding").querySelector("[name^=at-]");
  if (!box.checked) field.value = "";
  else if (place() !== null && !field.value) field.value = clock(place());
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("[data-ask]") && event.target.open) event.target.querySelector("textarea").focus();
}, true);
