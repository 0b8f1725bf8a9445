"""Where a source has a transcript, it is kept apart from the record, once, and the charge says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from makegood.billing.models import Charge
from makegood.imports.models import Transcript
from makegood.imports.selectors import transcript
from makegood.imports.tests import platform_logs as made
from makegood.imports.tests.logs import Importer, call, only_charge, raw_of, write_csv, write_json

SAID = "Hello?\nMy roof leaks."


@pytest.mark.parametrize(
    ("make", "column", "options", "key"),
    [
        (made.callrail, "transcription", {}, "callrail:CAL1"),
        (made.callrail, "conversational_transcript", {}, "callrail:CAL1"),
        (made.invoca, "transcript", {}, "invoca:AAAA-0001"),
        (made.lead_feed, "transcript", {"customer": "B1"}, "lead_feed:cb57a415"),
        (call, "transcript", {}, "csv:c1"),
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_a_transcript_is_kept(
    load: Importer, tmp_path: Path, make: made.Maker, column: str, options: dict[str, str], key: str, *, as_json: bool
) -> None:
    row = {**make(), column: SAID}
    if as_json:
        path = write_json(tmp_path / "calls.json", [row])
    else:
        path = write_csv(tmp_path / "calls.csv", [{**row, "call_quality_tags": ""} if make is made.lead_feed else row])
    assert load(path, create_parties=True, **options).tally.imported == 1
    charge = only_charge()
    found = transcript(key)
    assert found is not None
    assert (charge.transcript_key, found.text, found.source) == (key, SAID, charge.external_source)
    assert column not in raw_of(charge)
    before = (list(Charge.objects.values()), list(Transcript.objects.values()))
    assert load(path, **options).tally.unchanged == 1
    assert (list(Charge.objects.values()), list(Transcript.objects.values())) == before


@pytest.mark.parametrize("value", ["$80.00", ""], ids=["billed", "unbilled"])
def test_a_transcript_that_comes_later_is_filled_in_once(load: Importer, log: Path, value: str) -> None:
    load(write_csv(log, [made.callrail(value=value, tags="", transcription="")]), create_parties=True)
    assert only_charge().transcript_key is None
    path = write_csv(log, [made.callrail(value=value, tags="", transcription=SAID)])
    later = load(path).tally
    assert (later.updated, later.unchanged) == (1, 0)
    assert only_charge().transcript_key == "callrail:CAL1"
    again = load(path).tally
    assert (again.updated, again.unchanged) == (0, 1)
    load(write_csv(log, [made.callrail(value=value, tags="", transcription="Something else")]))
    found = transcript("callrail:CAL1")
    assert found is not None
    assert found.text == SAID


def test_a_rejected_row_leaves_no_transcript(load: Importer, log: Path) -> None:
    assert load(write_csv(log, [call(revenue="x", transcript=SAID)])).tally.rejected == 1
    assert not Transcript.objects.exists()


def test_a_call_without_one_names_none(load: Importer, log: Path) -> None:
    load(write_csv(log, [call(transcript="")]))
    assert only_charge().transcript_key is None
    assert transcript("csv:c1") is None
