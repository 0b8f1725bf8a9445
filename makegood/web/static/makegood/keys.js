// The only place that listens for keys. Pressing one in an element's data-key ("z u", "Shift+D", "g q" one after the
// other) clicks it, or focuses it. data-action names what it does (keymap.py), #keymap has one's own keys.
// In a dialog only its own keys work; the current row comes first, then a popover, then a part (data-scope).

const TEXT = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
const MOVES = "input, [role=slider], [role=option], [role=tab], [role=combobox], audio";
const MOVED = /^Arrow/;
const PRESSED = "button, summary, input, audio, [role=button], [role=option]";
const own = JSON.parse(document.getElementById("keymap")?.textContent ?? '{"single": true, "changed": []}');
const byAction = new Map(own.changed.map(([action, , now]) => [action, now]));
const byDefault = new Map();
for (const [, was, now] of own.changed) for (const key of [was, ...split(was)]) byDefault.set(key, now);

function split(text) {
  const parts = text.split(" ").filter(Boolean).map((part) => (/^[A-Z]$/.test(part) ? `Shift+${part}` : part));
  const found = [];
  while (parts.length) found.push(parts[0] === "g" && parts[1] ? parts.splice(0, 2).join(" ") : parts.shift());
  return found;
}

const types = (key) => key === "Space" || key.startsWith("g ") || key.replace("Shift+", "").length === 1;
const on = (keys) => split(keys).filter((key) => own.single || !types(key));

function keysOf({ dataset: { action, key } }) {
  return on(action ? byAction.get(action) ?? key : byDefault.get(key) ?? key);
}

const usable = (element) => element.checkVisibility() && !element.closest(":disabled, [aria-disabled=true], [inert]");

const rows = () => [...document.querySelectorAll("[data-row]")].filter(usable);
const row = () => document.activeElement?.closest("[data-row]") ?? null;
const OPEN = "[data-row-open]";
const PICK = "[data-row-pick]";
let anchor;

function step(by) {
  const all = rows();
  const at = all.indexOf(row());
  const next = all[at < 0 ? 0 : at + by] ?? all[at];
  (next?.querySelector(OPEN) ?? next)?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

function inRow(selector) {
  const target = row()?.querySelector(selector);
  if (selector === PICK && target) anchor = row();
  target?.click();
  return target;
}

function range() {
  const all = rows();
  const ends = [all.indexOf(row()), all.indexOf(anchor?.isConnected ? anchor : row())].sort((a, b) => a - b);
  const boxes = all.slice(Math.max(0, ends[0]), ends[1] + 1).flatMap((one) => one.querySelector(PICK) ?? []);
  for (const box of boxes) box.checked = true;
  boxes.at(-1)?.dispatchEvent(new Event("change", { bubbles: true }));
  return boxes.length > 0;
}

const LIST = [
  ["list.next", "j", () => step(1)],
  ["list.previous", "k", () => step(-1)],
  ["list.open", "o", () => inRow(OPEN)],
  ["list.pick", "x", () => inRow(PICK)],
  ["list.range", "Shift+X", range],
];

function named(event) {
  const { key, shiftKey } = event;
  const letter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  const name = key === " " ? "Space" : letter ? (shiftKey ? key.toUpperCase() : key.toLowerCase()) : key;
  const mod = (event.ctrlKey && !event.altKey) || event.metaKey ? "Mod+" : "";
  const alt = event.altKey && MOVED.test(key) ? "Alt+" : "";
  return mod + alt + (shiftKey && (letter || key.length > 1 || key === " ") ? "Shift+" : "") + name;
}

function rank(element) {
  if (row()?.contains(element)) return 3;
  if (element.closest("[popover]")) return 2;
  return ["page", "list", undefined].includes(element.dataset.scope) ? 0 : 1;
}

const here = (element) => element.dataset.scope !== "row" || row()?.contains(element);

function wanted(key) {
  const root = document.querySelector("dialog:modal") ?? document;
  const keyed = [...root.querySelectorAll("[data-key]")].filter((one) => keysOf(one).includes(key));
  const found = keyed.filter((one) => usable(one) && here(one));
  return found.sort((one, other) => rank(other) - rank(one))[0];
}

function press(key, event) {
  const element = wanted(key);
  if (event.repeat && !(element?.dataset.scope === "player" && key.includes("Arrow"))) return false;
  if (element) {
    if (!element.matches(TEXT)) element.click();
    else { element.focus(); element.select?.(); }
    return true;
  }
  if (document.querySelector("dialog:modal")) return false;
  return Boolean(LIST.find(([action, was]) => on(byAction.get(action) ?? was).includes(key))?.[2]());
}

const OPENED = "a[href], select, " + PRESSED;
const TAKEN = [[/Arrow|Home|End|Page/, MOVES], [/Space$/, PRESSED], [/^Enter$/, OPENED]];
const native = (target, key) => !key.startsWith("Alt+") && TAKEN.some(([keys, what]) => keys.test(key) && target.matches(what));

let first = 0;

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || !event.target.matches) return;
  if (event.altKey && !event.getModifierState("AltGraph") && !MOVED.test(event.key)) return;
  const key = named(event);
  const send = key === "Mod+Enter" && event.target.closest("form")?.querySelector("[data-send]");
  if (send && usable(send)) { event.preventDefault(); send.click(); }
  const typing = event.target.closest(TEXT);
  if (typing && key === "Escape" && !typing.closest("dialog, [popover]")) typing.blur();
  if (key.startsWith("Mod+") ? send : typing || native(event.target, key)) return;
  if (key === "Escape" && document.querySelector(":popover-open")) return;
  const after = Date.now() - first < 1500;
  first = key === "g" ? Date.now() : 0;
  if (press(after ? `g ${key}` : key, event)) event.preventDefault();
});

function print() {
  for (const element of document.querySelectorAll("[data-key]")) {
    const keys = keysOf(element);
    element.dataset.keys = keys.join(",");
    const spoken = keys.filter((key) => !key.startsWith("g ")).join(" ").replace("Mod+", "Control+");
    element.toggleAttribute("aria-keyshortcuts", Boolean(spoken));
    if (spoken) element.setAttribute("aria-keyshortcuts", spoken);
    const shown = (element.matches(TEXT) ? element.parentElement : element).querySelector("kbd:not([data-fixed])");
    if (!shown) continue;
    shown.hidden = !keys.length;
    if (keys.length && !keys.includes(shown.textContent)) shown.textContent = keys[0].replace("Escape", "Esc");
  }
}

document.addEventListener("htmx:load", print);
print();
