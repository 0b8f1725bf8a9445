"""The example of the page on importing bills does what the page says."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from makegood.imports.entries import BillOptions
from makegood.imports.operations import import_bills
from makegood.parties.entries import SYSTEM
from tests.world import World

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "import-bills.md"


def example() -> str:
    """The indented lines that begin with the header of a bill."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("    invoice_number,"))
    return dedent("\n".join(lines[start : lines.index("", start)])) + "\n"


def test_the_example_adds_up(world: World, tmp_path: Path) -> None:
    path = tmp_path / "june.csv"
    path.write_text(example(), encoding="utf-8")
    answer = import_bills(SYSTEM, path=path, options=BillOptions(program=world.program.key, currency="USD"))
    assert (answer.tally.bills, answer.tally.imported, answer.tally.credits, answer.tally.off) == (1, 2, 1, 0)
    assert answer.sums() == {"USD": {"net": "745.00", "tax": "61.46", "credits": "10.00", "total": "796.46"}}
    assert answer.messages == ()
