// The lead manager: the popup that submits a lead for review closes with its buttons, and what was typed is kept as a
// draft. Without this script the same form is a page.

const dialog = document.getElementById("submit-review");

function shut() {
  dialog.close();
}

dialog?.addEventListener("click", (event) => {
  if (event.target.closest("[data-shut]")) shut();
});

dialog?.addEventListener("close", () => {
  dialog.querySelector("form[data-draft]")?.dispatchEvent(new CustomEvent("mg:leave"));
  const sent = dialog.querySelector("[data-submitted]");
  document.getElementById("submit-body").replaceChildren();
  if (sent && document.querySelector("[data-lead-page]")) location.reload();
});
