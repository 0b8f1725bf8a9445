// The only place that listens for keys. An element names its key in data-key (several: separated by spaces);
// pressing it clicks that element, or focuses it when it is a field. data-scope="page" works everywhere,
// another scope works only while an element with that data-key-scope is on the page.

const FIELDS = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

function usable(element) {
  return element.checkVisibility() && !element.disabled && element.getAttribute("aria-disabled") !== "true";
}

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter(usable);
}

function currentRow() {
  return document.activeElement?.closest("[data-row]") ?? null;
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(currentRow());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  (next.querySelector("[data-row-open]") ?? next).focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function inRow(selector) {
  const target = currentRow()?.querySelector(selector);
  if (!target) return false;
  target.click();
  return true;
}

const LIST = {
  j: () => step(1),
  k: () => step(-1),
  o: () => inRow("[data-row-open]"),
  x: () => inRow("[data-row-pick]"),
};

function press(key) {
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!element.dataset.key.split(" ").includes(key) || !usable(element)) continue;
    if (element.matches(FIELDS)) element.select?.() ?? element.focus();
    else element.click();
    if (element.matches(FIELDS)) element.focus();
    return true;
  }
  return LIST[key]?.() ?? false;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.closest?.("form");
    const send = form?.querySelector("[data-send]");
    if (send && usable(send)) { event.preventDefault(); send.click(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(FIELDS)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (press(event.key)) event.preventDefault();
});
