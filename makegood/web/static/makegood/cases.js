// The page of a case: a step that opens has its first field in focus, and only one step is open at a time.

document.addEventListener("toggle", (event) => {
  const step = event.target;
  if (!step.matches?.("details[data-step]") || !step.open) return;
  for (const other of document.querySelectorAll("details[data-step][open]")) if (other !== step) other.open = false;
  step.querySelector("textarea, select, input:not([type=hidden])")?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const step = event.key === "Escape" && event.target.closest?.("details[data-step][open]");
  if (!step) return;
  step.open = false;
  step.querySelector("summary").focus();
});
