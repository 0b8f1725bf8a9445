// The forms that file disputes: a slider that writes the server's own steps into the field, the least length of an
// explanation by reason, and a draft that is kept however one leaves. Nothing here computes or formats money.

function slide(range) {
  const steps = range.dataset.steps.split(" ");
  const words = range.dataset.words.split("|");
  const field = document.getElementById(range.dataset.slides);
  const say = () => range.setAttribute("aria-valuetext", words[Number(range.value)] ?? "");
  const follow = () => {
    const place = document.querySelector("[data-slide-to]");
    if (place && document.activeElement !== range) range.value = place.dataset.slideTo;
    say();
  };
  range.addEventListener("input", () => {
    field.value = steps[Number(range.value)] ?? "";
    say();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:oobAfterSwap", follow);
  follow();
  range.hidden = false;
}

function least(form, reason) {
  const text = form.querySelector("[data-least-of-program]");
  if (!text) return;
  text.dataset.least = String(Math.max(Number(text.dataset.leastOfProgram), Number(reason.dataset.least ?? 0)));
  text.dispatchEvent(new Event("mg:count", { bubbles: true }));
}

function draft(form) {
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("change", (event) => { if (event.target.matches("[name=reason]")) least(form, event.target); });
  form.addEventListener("submit", () => { form.dataset.sent = "yes"; });
  form.addEventListener("htmx:beforeRequest", (event) => { if (form.dataset.sent && event.target !== form) event.preventDefault(); });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.pathInfo?.requestPath === form.dataset.draft) dirty = false;
  });
  const keep = () => {
    if (dirty && !form.dataset.sent && form.isConnected) navigator.sendBeacon(form.dataset.draft, new FormData(form));
    dirty = false;
  };
  window.addEventListener("pagehide", keep);
  form.addEventListener("mg:leave", keep);
  window.addEventListener("pageshow", (event) => { if (event.persisted) delete form.dataset.sent; });
  form.addEventListener("mg:files", () => document.getElementById("f-reason").dispatchEvent(new Event("change")));
  const chosen = form.querySelector("[name=reason]:checked");
  if (chosen) least(form, chosen);
}

// A form may come later, in a popup.
const known = new WeakSet();

function begin(root) {
  for (const element of root.querySelectorAll("[data-slides], form[data-draft]")) {
    if (known.has(element)) continue;
    known.add(element);
    if (element.matches("form")) draft(element);
    else slide(element);
  }
}

document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
begin(document);
