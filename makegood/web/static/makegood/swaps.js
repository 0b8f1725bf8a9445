// What happens around a swap: where the focus goes, what is announced, and parts that keep themselves fresh.
//
// A swapped part may hold [data-focus], which gets the focus, and [data-say], whose text is announced politely. A
// title element in the answer becomes the page's title (htmx does that). The server may also answer with the header
// HX-Trigger: {"mg:say": "One sentence."}. Whatever has data-live="45" gets the event mg:live every 45 seconds while
// the page is looked at; with hx-trigger="mg:live" it fetches itself, and stays untouched when nothing has changed.
// A popover that opens gets mg:open.

const SOON = 50;
const region = document.getElementById("say");

function say(text) {
  if (!region || !text) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, SOON);
}

function focus(element) {
  if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: false });
}

function settled(event) {
  const part = event.detail.elt;
  if (!part?.isConnected || part === document.body) return;
  const first = part.matches("[data-focus]") ? part : part.querySelector("[data-focus]");
  if (first && first.checkVisibility()) focus(first);
  const said = part.matches("[data-say]") ? part : part.querySelector("[data-say]");
  if (said) say(said.textContent.trim().replace(/\s+/g, " "));
}

const seen = new Map();
let looked = Date.now();

function refresh() {
  if (document.hidden) return;
  const now = Date.now();
  for (const element of document.querySelectorAll("[data-live]")) {
    const last = seen.get(element) ?? looked;
    if (now - last < Number(element.dataset.live) * 1000) continue;
    seen.set(element, now);
    element.dispatchEvent(new CustomEvent("mg:live"));
  }
  for (const element of seen.keys()) if (!element.isConnected) seen.delete(element);
}

const shown = new WeakMap();
const tags = new WeakMap();

function conditional(event) {
  const tag = tags.get(event.detail.elt);
  if (tag) event.detail.headers["If-None-Match"] = tag;
}

// A press that waits for another answer is that press still, when its button was left or replaced meanwhile.
function pressed({ detail: { triggeringEvent, parameters } }) {
  const button = triggeringEvent?.submitter;
  if (button?.name) parameters.set(button.name, button.value);
}

function unchanged(event) {
  const { xhr, requestConfig } = event.detail;
  const elt = requestConfig?.elt;
  if (!elt?.dataset?.live) return;
  if (xhr.getResponseHeader("ETag")) tags.set(elt, xhr.getResponseHeader("ETag"));
  if (xhr.status === 304 || shown.get(elt) === xhr.responseText) event.detail.shouldSwap = false;
  shown.set(elt, xhr.responseText);
}

function unanswered(event) {
  if (event.detail.elt?.dataset?.live) return;
  const note = document.getElementById("unanswered");
  const notes = document.getElementById("notes");
  if (!note || !notes || notes.querySelector("[data-unanswered]")) return;
  notes.classList.add("mg-notes");
  notes.append(note.content.cloneNode(true));
  notes.lastElementChild.dataset.unanswered = "";
}

document.addEventListener("htmx:afterSettle", settled);
document.addEventListener("htmx:configRequest", conditional);
document.addEventListener("htmx:configRequest", pressed);
document.addEventListener("htmx:beforeSwap", unchanged);
document.addEventListener("htmx:sendError", unanswered);
document.addEventListener("htmx:responseError", unanswered);
document.addEventListener("mg:say", (event) => say(event.detail.value));
document.addEventListener("visibilitychange", refresh);
document.addEventListener("toggle", (event) => {
  if (event.newState === "open" && event.target.popover) event.target.dispatchEvent(new CustomEvent("mg:open"));
}, true);
setInterval(refresh, 5000);
