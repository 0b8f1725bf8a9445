// The log: what is left of the time to dispute counts down by the minute, and the menus of the head close with
// Escape or a click beside them. Without this script the times are those of the moment the page was made.

const MINUTE = 60000;
const SOON = 12 * 60;

function span(minutes) {
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return rest ? `${hours} h ${rest} min` : `${hours} h`;
  return `${rest} min`;
}

function tick() {
  for (const time of document.querySelectorAll("[data-left]")) {
    const minutes = Math.max(0, Math.floor((Date.parse(time.dateTime) - Date.now()) / MINUTE));
    const text = span(minutes);
    if (time.textContent !== text) time.textContent = text;
    const look = time.closest(".mg-left")?.classList;
    look?.toggle("is-soon", minutes > 0 && minutes < SOON);
    look?.toggle("is-over", minutes === 0);
  }
}

function close(details) {
  const inside = details.contains(document.activeElement);
  details.open = false;
  if (inside) details.querySelector("summary").focus();
}

document.addEventListener("keydown", (event) => {
  const details = event.key === "Escape" && document.querySelector(".mg-menu[open]");
  if (details) close(details);
});

document.addEventListener("click", (event) => {
  for (const details of document.querySelectorAll(".mg-menu[open]")) {
    if (!details.contains(event.target)) details.open = false;
  }
});

setInterval(tick, MINUTE / 2);
