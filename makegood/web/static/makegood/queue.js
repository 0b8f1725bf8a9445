// Bulk plans: a press on a variable writes it where the caret stands; Escape goes back with the selection as it was.

function insert(button) {
  const field = document.getElementById(button.dataset.for);
  const { selectionStart: from, selectionEnd: to } = field;
  field.setRangeText(button.dataset.insert, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-insert]");
  if (button) insert(button);
  const back = event.target.closest?.("[data-back]");
  if (!back || event.ctrlKey || event.metaKey || !document.referrer) return;
  const from = new URL(document.referrer);
  if (from.origin !== location.origin || from.pathname !== new URL(back.href).pathname) return;
  event.preventDefault();
  history.back();
});
