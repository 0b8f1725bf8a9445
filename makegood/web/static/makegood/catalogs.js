// The grid of reasons and findings. A cell is a select, so letters choose in it by themselves; here arrow keys move
// between cells instead of changing one, and what was changed is counted.
const grid = document.querySelector("[data-grid]");
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const LETTERS = { a: "accept", p: "partial", r: "reject", l: "listen", "-": "" };

function cellAt(row, column) {
  return grid.querySelectorAll("tbody tr")[row]?.querySelectorAll("[data-cell]")[column];
}

function placeOf(cell) {
  const row = cell.closest("tr");
  return [[...row.parentElement.children].indexOf(row), [...row.querySelectorAll("[data-cell]")].indexOf(cell)];
}

function set(cell, value) {
  if (cell.value === value) return;
  cell.value = value;
  cell.dispatchEvent(new Event("change", { bubbles: true }));
}

grid?.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const step = STEPS[event.key];
  const value = LETTERS[event.key.toLowerCase()];
  if (!step && value === undefined) return;
  event.preventDefault();
  if (value !== undefined) return set(cell, value);
  const [row, column] = placeOf(cell);
  cellAt(row + step[0], column + step[1])?.focus();
});

grid?.addEventListener("change", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell) return;
  const was = [...cell.options].find((option) => option.defaultSelected)?.value ?? "";
  const place = cell.closest("td");
  place.classList.toggle("is-changed", cell.value !== was);
  for (const value of Object.values(LETTERS)) place.classList.remove(`is-${value || "unset"}`);
  place.classList.add(`is-${cell.value || "unset"}`);
  const count = grid.querySelectorAll(".is-changed").length;
  grid.querySelector("[data-changed]").textContent = count ? `${count} changed, not saved yet` : "";
});
