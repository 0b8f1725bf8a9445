// Evidence: drop, paste, photo, one bar per file, removal; and the viewer of images. The server says what it took and
// why not, in its own HTML; without this script a plain file field in the form does the same.

const ZONE = "[data-attach]";
const GALLERY = `${ZONE}, .mg-evidence`;

function zoneFor(target) {
  const near = target?.closest?.(ZONE) ?? target?.closest?.("form")?.querySelector(ZONE);
  if (near) return near;
  const all = [...document.querySelectorAll(ZONE)].filter((zone) => zone.checkVisibility());
  return all.length === 1 ? all[0] : null;
}

function token() {
  return document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

function say(zone, sentence) {
  zone.querySelector("[data-attach-said]").textContent = sentence;
}

function send(zone, address, form, onProgress) {
  for (const kept of zone.querySelectorAll("[name=file_ids]:checked")) form.append("file_ids", kept.value);
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", address);
    call.setRequestHeader("HX-Request", "true");
    call.setRequestHeader("X-CSRFToken", token());
    call.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress?.(event.loaded / event.total); });
    call.addEventListener("load", () => {
      const html = (call.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
      if (call.status < 300 && html) resolve(call.responseText);
      else reject(new Error(String(call.status)));
    });
    call.addEventListener("error", () => reject(new Error("0")));
    call.send(form);
  });
}

function show(zone, html) {
  const place = zone.querySelector("[data-attached]");
  place.innerHTML = html;
  say(zone, place.querySelector("[data-said]")?.dataset.said ?? "");
  enhance();
  zone.dispatchEvent(new CustomEvent("mg:files", { bubbles: true }));
}

function waiting(zone, file) {
  const list = zone.querySelector("[data-uploading]");
  const item = document.createElement("li");
  item.className = "mg-file";
  const text = document.createElement("span");
  text.className = "mg-file-text";
  const name = document.createElement("span");
  name.className = "mg-file-name";
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Sending ${file.name}`);
  const note = document.createElement("span");
  note.className = "mg-meta";
  note.textContent = "Waiting";
  text.append(name, bar, note);
  item.append(text);
  list.append(item);
  list.hidden = false;
  const done = () => { item.remove(); list.hidden = !list.children.length; };
  return { item, bar, note, done };
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

async function upload(zone, file, row) {
  row.note.textContent = "Sending";
  row.bar.hidden = false;
  const form = new FormData();
  form.append("files", file, file.name);
  try {
    const html = await send(zone, zone.dataset.attach, form, (part) => {
      row.bar.value = part;
      if (part >= 1) row.note.textContent = "Checking";
    });
    row.done();
    show(zone, html);
  } catch (error) {
    row.bar.hidden = true;
    const away = error.message === "0" ? "The connection broke." : error.message === "413" ? "It is too large." : "The server did not take it.";
    row.note.textContent = `Not attached. ${away} What you typed is kept.`;
    say(zone, `${file.name} is not attached. ${away}`);
    const again = button("Try again", () => { tools.remove(); enqueue(zone, [file], row); });
    const drop = button("Leave it out", row.done);
    const tools = document.createElement("span");
    tools.className = "mg-file-tools";
    tools.append(again, drop);
    row.item.append(tools);
  }
}

const queues = new WeakMap();

function enqueue(zone, files, known) {
  for (const file of files) {
    const row = known ?? waiting(zone, file);
    if (file.size > Number(zone.dataset.bytes)) {
      row.bar.hidden = true;
      row.note.className = "mg-field-error";
      row.note.textContent = zone.dataset.tooLarge;
      row.item.append(button("Leave it out", row.done));
      say(zone, `${file.name} is not attached. ${zone.dataset.tooLarge}`);
      continue;
    }
    // One after the other, so that the server counts them in turn.
    const before = queues.get(zone) ?? Promise.resolve();
    queues.set(zone, before.then(() => upload(zone, file, row)));
  }
}

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches?.(`${ZONE} input[type=file]`)) return;
  const files = [...field.files];
  field.value = "";
  if (files.length) enqueue(field.closest(ZONE), files);
});

function carriesFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

function light(zone) {
  for (const one of document.querySelectorAll(ZONE)) one.classList.toggle("is-over", one === zone);
}

document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  const zone = zoneFor(event.target);
  light(zone);
  if (!zone) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
});

document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) light(null); });

document.addEventListener("drop", (event) => {
  const zone = carriesFiles(event) ? zoneFor(event.target) : null;
  light(null);
  if (!zone) return;
  event.preventDefault();
  enqueue(zone, [...event.dataTransfer.files]);
});

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  const zone = files.length ? zoneFor(event.target) : null;
  if (!zone) return;
  event.preventDefault();
  enqueue(zone, files);
});

async function remove(pressed) {
  const zone = pressed.closest(ZONE);
  pressed.disabled = true;
  try {
    show(zone, await send(zone, pressed.dataset.remove, new FormData()));
  } catch {
    pressed.disabled = false;
    say(zone, "It could not be removed. Try again.");
  }
  zone.querySelector("input[type=file]")?.focus();
}

// ---- the viewer

let images = [];
let at = 0;

function look(dialog, place) {
  at = (place + images.length) % images.length;
  const link = images[at];
  dialog.querySelector("[data-viewer-image]").src = link.href;
  dialog.querySelector("[data-viewer-image]").alt = link.dataset.name;
  dialog.querySelector("[data-viewer-name]").textContent = link.dataset.name;
  dialog.querySelector("[data-viewer-place]").textContent = images.length > 1 ? `${at + 1} of ${images.length}` : "";
  dialog.querySelector("[data-viewer-open]").href = link.href;
  for (const step of dialog.querySelectorAll("[data-viewer-step]")) step.hidden = images.length < 2;
}

function openViewer(from, link) {
  const root = from.closest(GALLERY) ?? document;
  const dialog = document.querySelector("[data-viewer]");
  images = [...root.querySelectorAll("[data-view]")];
  if (!dialog || !images.length) return;
  look(dialog, Math.max(0, images.indexOf(link)));
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest?.("[data-remove], [data-view], [data-open-viewer], [data-viewer-step], [data-viewer-close]");
  if (!pressed) {
    if (event.target.matches?.("[data-viewer]")) event.target.close();
    return;
  }
  const dialog = pressed.closest("[data-viewer]");
  if (pressed.matches("[data-remove]")) remove(pressed);
  else if (pressed.matches("[data-viewer-close]")) dialog.close();
  else if (pressed.matches("[data-viewer-step]")) look(dialog, at + Number(pressed.dataset.viewerStep));
  else if (pressed.matches("[data-open-viewer]")) openViewer(pressed);
  else if (!event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); openViewer(pressed, pressed); }
});

function enhance() {
  for (const opener of document.querySelectorAll("[data-open-viewer]")) {
    opener.hidden = !opener.closest(GALLERY)?.querySelector("[data-view]");
  }
}

document.addEventListener("htmx:load", enhance);
enhance();
