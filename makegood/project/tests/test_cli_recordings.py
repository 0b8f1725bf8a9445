"""`makegood recordings`: files find their calls by name, once; what could not be fetched is listed and tried again."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from makegood.evidence.errors.recordings import BadUrlTemplate
from makegood.evidence.models import Recording
from makegood.evidence.operations.expect import READER
from makegood.evidence.states import RecordingState
from makegood.evidence.tests.sounds import somebody_speaks, written
from makegood.journal.models import JournalCursor, JournalEvent
from makegood.kernel import clock
from makegood.project.cli import recordings as command
from tests.world import ChargeMaker, World

Ran = Callable[..., Result]


@pytest.fixture
def ran(world: World, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Runs the command on the test's database, which stands for the installation."""
    monkeypatch.setattr(command, "installed", lambda data: nullcontext())
    return lambda *words: CliRunner().invoke(command.recordings_group, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two recordings, a broken one, one of nobody and something else."""
    found = tmp_path / "recordings"
    (found / "march").mkdir(parents=True)
    whole = written(tmp_path, "call.ulaw", somebody_speaks())
    for place in ("march/rec_c1.ulaw", "rec_c2.ulaw", "rec_stranger.ulaw"):
        (found / place).write_bytes(whole.read_bytes())
    (found / "rec_c3.wav").write_bytes(b"no sound")
    (found / "notes.txt").write_text("nothing to hear", encoding="ascii")
    return found


def test_files_find_their_calls(ran: Ran, world: World, folder: Path) -> None:
    for external_id in ("c1", "c2", "c3"):
        world.charge(external_id=external_id)
    first = ran("add", folder, "--name", "rec_{external_id}", "--program", world.program.key)
    assert first.exit_code == 1
    lines = first.stdout.splitlines()
    assert [line.removeprefix(f"{folder}/") for line in lines[:-1]] == [
        "march/rec_c1.ulaw: attached to call c1",
        "rec_c2.ulaw: attached to call c2",
        "rec_c3.wav: refused: This file is no audio that makegood can read;"
        " it reads wav (PCM, u-law, A-law, GSM 6.10), mp3, ogg and flac.",
        "rec_stranger.ulaw: unknown: no such call",
    ]
    assert lines[-1] == "2 attached, 1 refused, 1 unknown."
    before = list(Recording.objects.order_by("pk").values())
    again = json.loads(ran("add", folder, "--name", "rec_{external_id}", "--json").stdout)
    assert again["counts"] == {"unchanged": 2, "refused": 1, "unknown": 1}
    assert [one["code"] for one in again["files"]] == ["", "", "RECORDING_NOT_AUDIO", ""]
    assert list(Recording.objects.order_by("pk").values()) == before


def test_a_name_that_two_sources_use_is_not_guessed(ran: Ran, world: World, folder: Path) -> None:
    for source in ("a", "b"):
        world.charge(external_id="c2", external_source=source)
    told = ran("add", folder / "rec_c2.ulaw", "--name", "rec_{external_id}")
    assert "ambiguous: several calls have this id" in told.stdout
    assert not Recording.objects.exists()


def test_what_was_not_fetched_is_listed_and_tried_again(ran: Ran, make_charge: ChargeMaker) -> None:
    assert ran("list").stdout == "No recording waits or failed.\n"
    charge = make_charge(external_id="c9")
    Recording.objects.create(
        public_id="rec_9",
        charge=charge,
        state=RecordingState.FAILED,
        source_url="https://r.example/9",
        tries=8,
        fault="HTTP_404",
        fault_detail="the source answered 404 Not Found",
        created_at=clock.now(),
    )
    assert ran("list", "--failed").stdout.splitlines()[1].split() == (
        "c9 failed 8 HTTP_404 the source answered 404 Not Found".split()
    )
    assert json.loads(ran("list", "--json").stdout)[0]["public_id"] == "rec_9"
    assert ran("retry").stdout == "1 recording is tried again.\n"
    assert Recording.objects.get().state == RecordingState.WAITING


def test_a_recording_is_held_and_released(ran: Ran, make_charge: ChargeMaker, folder: Path) -> None:
    make_charge(external_id="c2")
    ran("add", folder / "rec_c2.ulaw", "--name", "rec_{external_id}")
    assert ran("hold", "c2", "--note", "Lawsuit").stdout == "The recording of c2 is held.\n"
    assert Recording.objects.get().legal_hold
    assert JournalEvent.objects.get(event="recording.held").changes["note"] == "Lawsuit"
    ran("hold", "c2", "--release")
    assert not Recording.objects.get().legal_hold
    assert ran("hold", "stranger").exit_code == 1


def test_what_a_program_wants_is_set_and_told(ran: Ran, world: World) -> None:
    JournalCursor.objects.create(reader=READER, event_id=99)
    key = world.program.key
    assert "fetch: all" in ran("settings", "--program", key).stdout
    assert JournalCursor.objects.get(reader=READER).event_id == 99
    template = "https://r.example/{external_id}.wav"
    told = ran(
        *("settings", "--program", key, "--fetch", "disputed", "--url-template", template, "--retention-days", 90),
        *("--speakers", "Customer", "Desk", "--vendors-hear"),
    )
    assert told.exception is None
    assert told.stdout.splitlines() == [
        "fetch: disputed",
        f"url_template: {template}",
        "retention_days: 90",
        "consent: -",
        "speakers: Customer | Desk",
        "vendors_hear: True",
    ]
    # Calls of the past are looked at again.
    assert JournalCursor.objects.get(reader=READER).event_id == 0
    assert "retention_days: -" in ran("settings", "--program", key, "--retention-days", 0).stdout
    refused = ran("settings", "--program", key, "--url-template", "https://{external_id}.example/")
    assert isinstance(refused.exception, BadUrlTemplate)
    assert "fetch: disputed" in ran("settings", "--program", key).stdout
    assert ran("settings", "--program", "none").exit_code == 1
