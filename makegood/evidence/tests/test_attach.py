"""A file becomes the recording of a call: kept, playable, told to the charge; once, and by who may."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import soundfile
from django.core.files.storage import storages
from django.db.models import Q

from makegood.billing.models import Charge
from makegood.billing.states import ChargeKind
from makegood.disputes.entries import ReverseItem
from makegood.disputes.operations import reverse
from makegood.disputes.tests.settlement import accepted_now
from makegood.evidence.errors.recordings import NotPlayable, RecordingDeleted, RecordingThere
from makegood.evidence.models import Recording
from makegood.evidence.operations.attach import attach_recording
from makegood.evidence.operations.retention import delete_expired, sweep_recordings
from makegood.evidence.selectors.recordings import (
    open_audio,
    peaks_of,
    recording_named,
    recording_of,
    recordings_of,
)
from makegood.evidence.states import RecordingState
from makegood.evidence.tests.sounds import somebody_speaks, two_speak, written
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.operations import change_settings
from tests.world import ChargeMaker, DisputeMaker, World

NOBODY = Q(pk__in=())
"""No recording is needed."""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return written(tmp_path, "ulaw.wav", two_speak())


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return written(tmp_path, "call.ulaw", somebody_speaks())


def stored(folder: Path) -> set[Path]:
    """Every file of the storage."""
    return {path for path in folder.rglob("*") if path.is_file()}


def test_a_file_becomes_a_recording(
    two: Path, world: World, make_charge: ChargeMaker, buyer: Principal, evidence_here: Path
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"recordings": {"consent": "Announced at the start."}})
    charge = make_charge(recording_enabled=True)
    attached = attach_recording(SYSTEM, charge_id=charge.pk, path=two, name="a.wav")
    assert attached.is_new
    view = recording_of(buyer, charge.pk)
    assert view is not None
    assert view == recording_named(buyer, view.public_id)
    assert (view.playable, view.sentence, view.state) == (True, "", RecordingState.READY)
    assert (view.channels, view.duration_ms, view.codec, view.sample_rate) == (2, 5_000, "wav ulaw", 8_000)
    assert (view.speakers, view.consent_basis) == (("Caller", "Agent"), "Announced at the start.")
    assert view.sha256 == hashlib.sha256(two.read_bytes()).hexdigest()
    assert {one.ch for one in view.segments} == {0, 1}
    file, size = open_audio(view)
    with file:
        sound = file.read()
        assert (len(sound), view.bytes, view.mime) == (size, size, "audio/mpeg")
        assert file.seek(100) == 100
    assert json.loads(peaks_of(view))["channels"] == 2
    row = Recording.objects.get()
    with storages["evidence"].open(row.original_key) as original:
        assert original.read() == two.read_bytes()
    assert len(stored(evidence_here)) == 3
    charge.refresh_from_db()
    assert charge.recording_ms == 5_000
    assert charge.speech_s is not None
    assert Decimal(3) < charge.speech_s < Decimal(4)
    assert charge.ring_only is False
    event = JournalEvent.objects.get(event="recording.attached")
    assert (event.object_id, event.customer_id, event.changes["charge"]) == (row.pk, world.customer.pk, charge.pk)


def test_what_the_source_said_of_the_call_stays(two: Path, make_charge: ChargeMaker) -> None:
    charge = make_charge(recording_ms=4_900, speech_s=Decimal("1.5"), ring_only=None)
    attach_recording(SYSTEM, charge_id=charge.pk, path=two)
    charge.refresh_from_db()
    assert (charge.recording_ms, charge.speech_s, charge.ring_only) == (4_900, Decimal("1.500"), False)


def test_the_same_file_changes_nothing_and_another_is_refused(
    one: Path, two: Path, make_charge: ChargeMaker, evidence_here: Path
) -> None:
    charge = make_charge()
    first = attach_recording(SYSTEM, charge_id=charge.pk, path=one, name=one.name)
    before = (list(Recording.objects.values()), stored(evidence_here), JournalEvent.objects.count())
    again = attach_recording(SYSTEM, charge_id=charge.pk, path=one, name=one.name)
    assert (again.is_new, again.recording.pk) == (False, first.recording.pk)
    with pytest.raises(RecordingThere):
        attach_recording(SYSTEM, charge_id=charge.pk, path=two)
    assert (list(Recording.objects.values()), stored(evidence_here), JournalEvent.objects.count()) == before


def test_a_broken_file_leaves_nothing(one: Path, make_charge: ChargeMaker, evidence_here: Path) -> None:
    charge = make_charge()
    with pytest.raises(Refusal) as caught:
        attach_recording(SYSTEM, charge_id=charge.pk, path=one, name="recording")
    assert caught.value.code == "RECORDING_NOT_AUDIO"
    assert not Recording.objects.exists()
    assert stored(evidence_here) == set()
    charge.refresh_from_db()
    assert charge.recording_ms is None


def test_who_may_attach_and_to_what(one: Path, make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    charge = make_charge()
    with pytest.raises(NotPermitted):
        attach_recording(buyer, charge_id=charge.pk, path=one, name=one.name)
    with pytest.raises(NotFound):
        attach_recording(SYSTEM, charge_id=charge.pk + 1, path=one, name=one.name)
    assert not Recording.objects.exists()


def test_what_comes_while_it_waits_is_taken(one: Path, make_charge: ChargeMaker) -> None:
    charge = make_charge()
    now = clock.now()
    Recording.objects.create(
        public_id="rec_1", charge=charge, source_url="https://r.example/1", next_at=now, created_at=now, tries=3
    )
    attach_recording(SYSTEM, charge_id=charge.pk, path=one, name=one.name)
    row = Recording.objects.get()
    assert (row.public_id, row.state, row.next_at) == ("rec_1", RecordingState.READY, None)


def test_time_deletes_the_sound_and_keeps_the_row(
    one: Path, world: World, make_charge: ChargeMaker, buyer: Principal, evidence_here: Path
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"recordings": {"retention_days": 90}})
    noon = clock.now().replace(hour=12)  # days are counted from the day of the call, whatever the hour is now
    charge, held = make_charge(occurred_at=noon), make_charge(occurred_at=noon)
    for each in (charge, held):
        attach_recording(SYSTEM, charge_id=each.pk, path=one, name=one.name)
    Recording.objects.filter(charge=held).update(legal_hold=True)
    with clock.shifted(timedelta(days=90)):
        assert delete_expired(needed=NOBODY) == 0
    with clock.shifted(timedelta(days=92)):
        assert delete_expired(needed=Q(charge=charge)) == 0
        assert delete_expired(needed=NOBODY) == 1
        day = clock.now()
        view, kept = recording_of(buyer, charge.pk), recording_of(buyer, held.pk)
        assert view is not None
        assert kept is not None
        assert kept.playable
        assert view.state is RecordingState.DELETED
        told = f"The recording was deleted on {day.day} {day:%b}"
        assert view.sentence.startswith(told)
        assert view.sentence.endswith("under the 90-day retention rule.")
        with pytest.raises(NotPlayable):
            open_audio(view)
        with pytest.raises(NotPlayable):
            peaks_of(view)
        with pytest.raises(RecordingDeleted):
            attach_recording(SYSTEM, charge_id=charge.pk, path=one, name=one.name)
    assert len(stored(evidence_here)) == 3
    assert JournalEvent.objects.filter(event="recording.deleted").count() == 1


def test_what_a_dead_process_stored_is_swept(one: Path, make_charge: ChargeMaker, evidence_here: Path) -> None:
    with clock.shifted(timedelta(days=-2)):
        kept = attach_recording(SYSTEM, charge_id=make_charge().pk, path=one, name=one.name).recording
        lost = attach_recording(SYSTEM, charge_id=make_charge().pk, path=one, name=one.name).recording
    Recording.objects.filter(pk=lost.pk).delete()
    assert sweep_recordings() == 1
    assert {path.parent for path in stored(evidence_here)} == {(evidence_here / kept.play_key).parent}
    assert sweep_recordings() == 0


def test_who_hears_what(
    one: Path, world: World, make_charge: ChargeMaker, buyer: Principal, other_buyer: Principal, vendor: Principal
) -> None:
    charge = make_charge()
    public_id = attach_recording(SYSTEM, charge_id=charge.pk, path=one, name=one.name).recording.public_id
    view = recording_of(buyer, charge.pk)
    assert view is not None
    assert view.speakers == ("Call",)
    for stranger in (other_buyer, vendor, world.person("csr")):
        assert recording_of(stranger, charge.pk) is None
        with pytest.raises(NotFound):
            recording_named(stranger, public_id)
    with pytest.raises(NotFound):
        recording_named(buyer, "rec_none")


def test_a_vendor_hears_what_it_lost_where_the_program_lets_it(
    one: Path, world: World, make_charge: ChargeMaker, make_dispute: DisputeMaker, vendor: Principal, manager: Principal
) -> None:
    lost, kept, strange = make_charge(), make_charge(), make_charge(vendor=world.other_vendor)
    for charge in (lost, kept, strange):
        attach_recording(SYSTEM, charge_id=charge.pk, path=one, name=one.name)
    change_settings(SYSTEM, program=world.program, settings={"clawback": "proportional", "auto_close": False})
    disputes = [make_dispute(lost).pk, make_dispute(strange).pk]
    accepted_now(manager, disputes)
    assert [recording_of(vendor, charge.pk) for charge in (lost, kept, strange)] == [None] * 3
    change_settings(SYSTEM, program=world.program, settings={"recordings": {"vendors_hear": True}})
    heard = recordings_of(vendor, [lost.pk, kept.pk, strange.pk])
    assert set(heard) == {lost.pk}
    assert heard[lost.pk].playable
    # Given back whole, its payout is what it was.
    assert reverse(manager, items=[ReverseItem(disputes[0], note="It was a customer")])[0].ok
    assert recordings_of(vendor, [lost.pk]) == {}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"recording_enabled": False}, "Recording was off when this call arrived."),
        ({"recording_enabled": True}, "There is no recording of this call."),
        ({"recording_url": "https://r.example/1"}, "The recording of this call has not been fetched."),
    ],
)
def test_a_call_without_a_recording_says_why(
    make_charge: ChargeMaker, buyer: Principal, facts: dict[str, object], sentence: str
) -> None:
    view = recording_of(buyer, make_charge(**facts).pk)
    assert view is not None
    assert (view.id, view.state, view.playable, view.sentence) == (None, None, False, sentence)


def test_a_call_billed_anew_keeps_its_recording(one: Path, make_charge: ChargeMaker, buyer: Principal) -> None:
    old = make_charge()
    attach_recording(SYSTEM, charge_id=old.pk, path=one, name=one.name)
    view = recording_of(buyer, make_charge(corrects_id=old.pk).pk)
    assert view is not None
    assert view.playable


def test_the_rendition_is_read_as_it_was_stored(one: Path, make_charge: ChargeMaker, buyer: Principal) -> None:
    charge = make_charge()
    attach_recording(SYSTEM, charge_id=charge.pk, path=one, name=one.name)
    view = recording_of(buyer, charge.pk)
    assert view is not None
    file, _ = open_audio(view)
    with file:
        found = soundfile.info(file)
    assert (found.samplerate, found.channels, found.format) == (16_000, 1, "MP3")
    assert Charge.objects.filter(kind=ChargeKind.USAGE).count() == 1
