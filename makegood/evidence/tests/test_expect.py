"""Which recordings are waited for: of imported calls, of disputed ones, of none; by address or by template."""

from __future__ import annotations

from pathlib import Path

import pytest

from makegood.billing.models import Charge
from makegood.evidence.models import Recording
from makegood.evidence.operations.expect import expect_recordings
from makegood.evidence.selectors.recordings import recording_of
from makegood.evidence.states import RecordingState
from makegood.imports.tests import platform_logs as made
from makegood.imports.tests.logs import call, importer, write_csv
from makegood.insights.tests.world import release_journal
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.world import ChargeMaker, DisputeMaker, World

URL = "https://r.example/1.mp3"


def wants(world: World, **said: object) -> None:
    """Say what the program wants of recordings."""
    change_settings(SYSTEM, program=world.program, settings={"recordings": said})


def waiting() -> dict[str, str]:
    """What is waited for: address by id of the call."""
    release_journal()
    expect_recordings()
    rows = Recording.objects.filter(state=RecordingState.WAITING)
    return dict(rows.values_list("charge__external_id", "source_url"))


def test_an_imported_call_that_names_an_address_is_waited_for(world: World, buyer: Principal, tmp_path: Path) -> None:
    load = importer(world.program.key)
    path = write_csv(tmp_path / "calls.csv", [call(recording_url=URL), call(call_id="c2", recording_url="")])
    load(path)
    assert waiting() == {"c1": URL}
    assert waiting() == {"c1": URL}
    load(path)
    assert waiting() == {"c1": URL}
    view = recording_of(buyer, Charge.objects.get(external_id="c1").pk)
    assert view is not None
    assert view.sentence == "The recording is being fetched."


def test_an_address_that_comes_later_is_taken(world: World, tmp_path: Path) -> None:
    load = importer(world.program.key)
    log = tmp_path / "calls.csv"
    load(write_csv(log, [made.callrail(tags="", recording="")]), create_parties=True)
    charge = Charge.objects.get()
    assert (charge.recording_enabled, charge.recording_url, waiting()) == (False, "", {})
    later = load(write_csv(log, [made.callrail(tags="", recording=URL)])).tally
    assert (later.updated, later.frozen) == (1, 0)
    charge.refresh_from_db()
    assert (charge.recording_enabled, charge.recording_url, waiting()) == (True, URL, {"CAL1": URL})


def test_another_address_mends_a_failure(world: World, tmp_path: Path) -> None:
    load = importer(world.program.key)
    log = tmp_path / "calls.csv"
    load(write_csv(log, [made.callrail(tags="", value="", recording="https://r.example/old")]), create_parties=True)
    assert waiting() == {"CAL1": "https://r.example/old"}
    Recording.objects.update(state=RecordingState.FAILED, next_at=None, tries=8)
    load(write_csv(log, [made.callrail(tags="", value="", recording=URL)]))
    assert waiting() == {"CAL1": URL}
    assert Recording.objects.get().tries == 0


def test_a_template_makes_the_address_of_calls_that_were_recorded(world: World, tmp_path: Path) -> None:
    wants(world, url_template="https://r.example/{external_id}.wav")
    rows = [call(), call(call_id="c2", recording_enabled="no"), call(call_id="c3", recording_url=URL)]
    none = {"recording_enabled": "", "recording_url": ""}
    importer(world.program.key)(write_csv(tmp_path / "calls.csv", [{**none, **row} for row in rows]))
    assert waiting() == {"c1": "https://r.example/c1.wav", "c3": URL}


@pytest.mark.parametrize("said", [{"fetch": "off"}, {"fetch": "disputed"}, {"fetch": "what"}])
def test_nothing_is_waited_for_where_nothing_is_wanted(world: World, tmp_path: Path, said: dict[str, str]) -> None:
    wants(world, **said)
    importer(world.program.key)(write_csv(tmp_path / "calls.csv", [call(recording_url=URL)]))
    assert waiting() == {}


def test_a_disputed_call_is_waited_for(
    world: World, make_charge: ChargeMaker, make_dispute: DisputeMaker, buyer: Principal
) -> None:
    wants(world, fetch="disputed")
    charge = make_charge(recording_url=URL, recording_enabled=True)
    make_charge(recording_url=URL, recording_enabled=True)
    make_dispute(charge)
    assert waiting() == {charge.external_id: URL}
