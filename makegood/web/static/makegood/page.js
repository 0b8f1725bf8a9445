// Small enhancements of pages that work without them: the undo countdown, counters of typed characters,
// "select all", what the bulk bar says about the selection, and the present tab where a row of tabs is cut off. Nothing here computes or formats money.

function countdown(bar) {
  if (bar.dataset.counting) return;
  bar.dataset.counting = "yes";
  const until = Date.now() + Number(bar.dataset.undo) * 1000;
  const shown = bar.querySelector("[data-undo-left]");
  const timer = setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0 && bar.isConnected) { shown.textContent = String(left); return; }
    clearInterval(timer);
    bar.remove();
  }, 250);
}

function counted(field) {
  const shown = document.getElementById(field.dataset.counter);
  if (!shown) return;
  const least = Number(field.dataset.least || 0);
  const length = field.value.trim().length;
  shown.textContent = length < least ? `${length} of at least ${least} characters` : `${length} characters`;
}

function selection(form) {
  const picks = [...form.querySelectorAll("[data-row-pick]")];
  const chosen = picks.filter((pick) => pick.checked).length;
  for (const shown of form.querySelectorAll("[data-picked]")) shown.textContent = String(chosen);
  for (const bar of form.querySelectorAll("[data-when-picked]")) bar.hidden = chosen === 0;
  const all = form.querySelector("[data-pick-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === picks.length;
    all.indeterminate = chosen > 0 && chosen < picks.length;
  }
}

function reveal(tab) {
  const bar = tab.parentElement;
  bar.scrollLeft += tab.getBoundingClientRect().right - bar.getBoundingClientRect().right;
}

function enhance(root) {
  for (const tab of root.querySelectorAll(".mg-tabs > [aria-current]")) reveal(tab);
  for (const bar of root.querySelectorAll("[data-undo]")) countdown(bar);
  for (const field of root.querySelectorAll("[data-counter]")) counted(field);
  for (const form of root.querySelectorAll("[data-picking]")) selection(form);
  for (const all of root.querySelectorAll("[data-pick-all], [data-copy]")) all.hidden = false;
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const shown = button.querySelector("[data-copied]");
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    shown.textContent = "Copied";
  } catch {
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    shown.textContent = "Press Ctrl C";
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-counter]")) counted(event.target);
});
document.addEventListener("mg:count", (event) => counted(event.target));

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-picking]");
  if (event.target.matches?.("[data-pick-all]")) {
    for (const pick of form.querySelectorAll("[data-row-pick]")) pick.checked = event.target.checked;
  }
  if (form) selection(form);
  const auto = event.target.closest?.("form[data-auto-submit]");
  if (auto && !window.htmx) auto.requestSubmit();
});

document.addEventListener("click", (event) => {
  const copies = event.target.closest?.("[data-copy]");
  if (copies) copy(copies);
  const preset = event.target.closest?.("[data-fill]");
  if (!preset) return;
  const field = document.getElementById(preset.dataset.for);
  field.value = preset.dataset.fill;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) enhance(event.detail.elt.parentElement ?? document); });

enhance(document);
