"""The page that tells how to add a platform is right: its mapping, put among the others, imports its line."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from makegood.imports.models import Correction
from makegood.imports.operations.json_records import known_places
from makegood.imports.policy import mapping
from makegood.imports.policy.compiler import TIMES, TYPES
from makegood.imports.policy.templates import TEMPLATES
from makegood.imports.selectors import transcript
from makegood.imports.tests.logs import Importer, only_charge, write_csv, write_json

PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "add-a-platform.md"
LINE = {"timezone": "America/New_York", "currency": "USD"}


def block(language: str) -> str:
    """The page's one block of code in that language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def row() -> dict[str, str]:
    """The page's line."""
    (one,) = csv.DictReader(io.StringIO(block("csv")))
    return one


@pytest.fixture
def _with_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "mappings"
    shutil.copytree(mapping.FOLDER, folder)
    (folder / "ringlet.yaml").write_text(block("yaml"), encoding="utf-8")
    monkeypatch.setattr(mapping, "FOLDER", folder)
    for cached in (mapping.mappings, known_places):
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in (mapping.mappings, known_places):
        cached.cache_clear()


@pytest.mark.usefixtures("_with_the_page")
@pytest.mark.parametrize("as_json", [True, False])
def test_the_line_becomes_a_charge(load: Importer, tmp_path: Path, *, as_json: bool) -> None:
    path = tmp_path / "calls"
    if as_json:
        write_json(path, {"data": {"calls": [row()]}})
    else:
        path.write_text(block("csv"), encoding="utf-8")
    answer = load(path, **LINE)
    assert (answer.recognized, answer.tally.imported, answer.tally.rejected) == ("Ringlet, 15 of 15 headers", 1, 0)
    assert f"`{answer.recognized}.`" in PAGE.read_text(encoding="utf-8")
    charge = only_charge()
    assert charge.occurred_at == datetime(2026, 3, 2, 13, 9, 14, tzinfo=UTC)
    assert (charge.billed_micros, charge.payout_micros, charge.customer.number) == (1_120_250_000, 70_000_000, "B1")
    assert (charge.caller_e164, charge.connect_s, charge.duration_s, charge.answered) == ("+19045550181", 43, 59, True)
    assert (charge.disposition, charge.platform_tags) == (
        "completed_with_conversion",
        ["repeat_for_buyer", "roof", "vip"],
    )
    found = transcript(charge.transcript_key or "")
    assert found is not None
    assert found.text == "Hello?"
    assert load(path, **LINE).tally.unchanged == 1


@pytest.mark.usefixtures("_with_the_page")
@pytest.mark.parametrize(
    ("facts", "billed"), [({"State": "tested"}, False), ({"Fee": "0"}, False), ({"State": "UPSOLD"}, True)]
)
def test_when_it_is_billed(load: Importer, log: Path, facts: dict[str, str], *, billed: bool) -> None:
    load(write_csv(log, [{**row(), **facts}]), **LINE)
    assert (only_charge().billed_at is not None) == billed


@pytest.mark.usefixtures("_with_the_page")
def test_a_row_that_replaces_the_line_proposes_a_correction(load: Importer, log: Path) -> None:
    load(write_csv(log, [row(), {**row(), "Ref": "R-2", "Replaces": "R-1", "Fee": "90"}]), **LINE)
    assert (only_charge().external_id, Correction.objects.get().new_billed_micros) == ("R-1", 90_000_000)


def named(start: str, end: str) -> set[str]:
    """The names in the first column of the page's table between these texts."""
    text = PAGE.read_text(encoding="utf-8")
    rows = [line.split("|") for line in text[text.index(start) : text.index(end)].splitlines() if line.startswith("|")]
    return {name for cells in rows[2:] for name in re.findall(r"`([a-z_0-9]+)`", cells[1])}


def test_the_page_speaks_of_facts_and_transforms_that_exist() -> None:
    facts, transforms = named("| facts |", "| `as` |"), named("| `as` |", "## Billed")
    assert facts <= {*TYPES, *TIMES, "tags"}
    assert facts >= {"external_id", "corrects", "amount", "transcript", "tags"}
    assert transforms <= {*TEMPLATES, "time", "one_of", "lookup", "disposition", "const"}
    assert transforms >= {"time", "money", "magnitude", "one_of", "e164"}
