// The help that prints the keys of this page, the palette of pages and actions, and fields with a list to choose
// from. What a key or an entry does is never written here: it clicks what the page shows.

function label(element) {
  const own = element.dataset.keyLabel ?? element.getAttribute("aria-label");
  if (own) return own;
  if (element.labels?.length) return element.labels[0].textContent.trim();
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, .mg-sr, .mg-count, small")) part.remove();
  return copy.textContent.trim().replace(/\s+/g, " ");
}

function printed(keys) {
  return keys.flatMap((key) => [...key.split(/ |\+(?=.)/).map((part) => {
    const kbd = document.createElement("kbd");
    kbd.textContent = { Mod: "Ctrl", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", k: key === "Mod+k" ? "K" : "k" }[part] ?? part;
    return kbd;
  }), " "]);
}

// ------------------------------------------------------------------ help

const help = document.getElementById("help");

function place(element) {
  if (element.dataset.scope === "player") return "player";
  if (element.closest(".mg-top, .mg-nav, #undo")) return "everywhere";
  return element.dataset.action?.startsWith("list.") ? "list" : "page";
}

function line(keys, text) {
  const row = document.createElement("div");
  row.dataset.built = "";
  const term = document.createElement("dt");
  term.append(...printed(keys));
  const said = document.createElement("dd");
  said.textContent = text;
  row.append(term, said);
  return row;
}

function write() {
  for (const old of help.querySelectorAll("[data-built]")) old.remove();
  const known = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    const keys = (element.dataset.keys ?? "").split(",").filter(Boolean);
    const name = `${keys} ${element.dataset.key}`;
    if (!keys.length || known.has(name) || help.contains(element) || !element.checkVisibility()) continue;
    known.add(name);
    help.querySelector(`[data-keys-of="${place(element)}"] dl`).append(line(keys, label(element)));
  }
  const has = (selector) => Boolean(document.querySelector(selector));
  for (const row of help.querySelectorAll("[data-picks]")) row.hidden = !has("[data-row-pick]");
  for (const row of help.querySelectorAll("[data-sends]")) row.hidden = !has("main [data-send]");
  for (const group of help.querySelectorAll("[data-keys-of]")) {
    const list = group.dataset.keysOf === "list";
    group.hidden = list ? !has("[data-row]") : !group.querySelector("dl > div:not([hidden])");
  }
}

// ------------------------------------------------------------------ a field with a list

function choices(list) {
  return [...list.querySelectorAll("[role=option]:not([hidden])")];
}

function choose(field, list, option) {
  for (const one of choices(list)) one.setAttribute("aria-selected", String(one === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function show(field, list) {
  const open = choices(list).length > 0;
  list.hidden = !open;
  field.setAttribute("aria-expanded", String(open));
}

function hide(field, list) {
  choose(field, list, null);
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
}

function combo(box) {
  const field = box.querySelector("[role=combobox]");
  const list = box.querySelector("[role=listbox]");
  const stays = Boolean(box.closest("dialog"));
  const take = (option) => {
    if (option.dataset.href) location.assign(option.dataset.href);
    else option.dispatchEvent(new CustomEvent("mg:chosen", { bubbles: true }));
  };
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = choices(list);
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && all.length) {
      if (list.hidden) show(field, list);
      const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
      choose(field, list, all[next]);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && all[at] && !list.hidden) take(all[at]);
    else if (event.key === "Escape" && !stays && !list.hidden) hide(field, list);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  list.addEventListener("htmx:afterSwap", () => { if (document.activeElement === field) show(field, list); });
  if (stays) return;
  field.addEventListener("blur", () => hide(field, list));
  field.addEventListener("input", () => { if (!field.value.trim()) { list.replaceChildren(); hide(field, list); } });
}

for (const box of document.querySelectorAll("[data-combo]")) combo(box);

// ------------------------------------------------------------------ palette

const palette = document.getElementById("palette");
const found = palette?.querySelector("[role=listbox]");
const asked = palette?.querySelector("[role=combobox]");
let entries = [];

function entry(element, kind, text = label(element)) {
  return { element, kind, text, keys: (element.dataset.keys ?? "").split(",").filter(Boolean) };
}

function gather() {
  const links = [...document.querySelectorAll(".mg-nav a"), ...document.querySelectorAll("#me a.mg-item")];
  const places = links.map((one) => entry(one, "Page", label(one).replace(/^Go to /, "")));
  const tabs = [...document.querySelectorAll("main .mg-tabs a")].map((one) => entry(one, "On this page"));
  const buttons = [...document.querySelectorAll("main :is([data-action], [data-key], [data-palette]), #undo [data-key]")];
  const actions = buttons.filter((one) => one.checkVisibility() && !one.disabled && !one.closest("[data-row]")).map((one) => entry(one, "Action"));
  const keys = [...document.querySelectorAll(".mg-top [data-open=help]")].map((one) => entry(one, "Action"));
  const themes = [...document.querySelectorAll("#me [data-theme-switch] button")].map((one) => entry(one, "Action", `Theme: ${label(one)}`));
  const programs = [...document.querySelectorAll("#programs button")].map((one) => entry(one, "Action", `Program: ${label(one)}`));
  const out = [...document.querySelectorAll("#me form:last-of-type button.mg-item")].map((one) => entry(one, "Action"));
  const known = new Set();
  entries = [...actions, ...tabs, ...places, ...programs, ...keys, ...themes, ...out].filter(({ text }) => text && !known.has(text) && known.add(text));
}

function option({ text, kind, keys }, at) {
  const row = document.createElement("li");
  row.id = `palette-${at}`;
  row.role = "option";
  row.dataset.at = String(at);
  row.ariaSelected = "false";
  const name = document.createElement("span");
  name.className = "mg-option-name";
  name.textContent = text;
  const side = document.createElement("span");
  side.className = "mg-meta";
  side.append(kind, " ", ...printed(keys.slice(0, 1)));
  row.append(name, side);
  return row;
}

function filter() {
  const words = asked.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = entries.map(option).filter((_, at) => words.every((word) => entries[at].text.toLowerCase().includes(word)));
  if (words.length && found.dataset.search) {
    const row = option({ text: `Search for “${asked.value.trim()}”`, kind: "Search", keys: [] }, entries.length);
    row.dataset.href = `${found.dataset.search}?${new URLSearchParams({ q: asked.value.trim() })}`;
    rows.push(row);
  }
  found.replaceChildren(...rows);
  choose(asked, found, rows[0] ?? null);
}

asked?.addEventListener("input", filter);
found?.addEventListener("mg:chosen", (event) => {
  const { element } = entries[Number(event.target.dataset.at)];
  palette.close();
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
});

document.addEventListener("click", (event) => {
  const name = event.target.closest?.("[data-open]")?.dataset.open;
  const dialog = name && document.getElementById(name);
  if (!dialog?.showModal || dialog.open) return;
  if (dialog === help) write();
  if (dialog === palette) { gather(); asked.value = ""; }
  for (const open of document.querySelectorAll("[popover]:popover-open")) open.hidePopover();
  dialog.showModal();
  if (dialog === palette) filter();
});
