"""What a link gives out and what it hears become few rows, and what they say of a person."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.evidence.models import Recording, RecordingAccess
from makegood.evidence.operations import listening
from makegood.evidence.operations.listening import Listener, note_heard, serve
from makegood.evidence.policy import stretches as cut
from makegood.evidence.policy.ranges import portion
from makegood.evidence.policy.segments import Segment
from makegood.evidence.selectors.listening import listened, recording_ids, tag_of
from makegood.evidence.selectors.recordings import RecordingView, recording_named
from makegood.evidence.states import AccessVia
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.recordings import ready_recording
from tests.world import ChargeMaker

some = st.lists(st.tuples(st.integers(-50, 120), st.integers(-50, 120)), max_size=12)


@given(some, some)
def test_stretches_are_sets_of_milliseconds(one: list[cut.Stretch], other: list[cut.Stretch]) -> None:
    inside, beside = cut.clipped(one, 100), cut.clipped(other, 100)
    mine = {ms for start, end in one for ms in range(max(0, start), min(end, 100))}
    theirs = {ms for start, end in other for ms in range(max(0, start), min(end, 100))}
    assert cut.length(inside) == len(mine)
    assert {ms for start, end in cut.united(inside) for ms in range(start, end)} == mine
    assert cut.length(cut.common(inside, beside)) == len(mine & theirs)
    united = cut.united(inside)
    assert all(before[1] < after[0] for before, after in pairwise(united))


@pytest.fixture
def view(buyer: Principal, make_charge: ChargeMaker) -> RecordingView:
    return recording_named(buyer, ready_recording(make_charge()).public_id)


def by(person: Principal, link: str = "l1") -> Listener:
    return Listener(person, link, AccessVia.PAGE)


def rows() -> list[tuple[int, int]]:
    return list(RecordingAccess.objects.order_by("from_ms").values_list("from_ms", "to_ms"))


def test_whoever_hangs_up_got_what_went_out(
    buyer: Principal, view: RecordingView, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = 4096
    monkeypatch.setattr(listening, "BLOCK", block)
    sound = serve(by(buyer), view, portion(view.bytes, tag_of(view)))
    first = -(-block * view.duration_ms // view.bytes)
    assert rows() == [(0, first)], "kept before anything goes out"
    next(sound)
    sound.close()
    sound.close()
    assert rows() == [(0, first)]
    sound = serve(by(buyer), view, portion(view.bytes, tag_of(view)))
    assert len(next(sound) + next(sound)) == 2 * block
    sound.close()
    assert rows() == [(0, -(-2 * block * view.duration_ms // view.bytes))]


def test_pieces_of_one_link_are_one_row_once_they_touch(buyer: Principal, view: RecordingView) -> None:
    assert note_heard(by(buyer), view, [(0, 1000), (2000, 3000), (4000, 5000)]) == 3000
    begun = {row.from_ms: row.at for row in RecordingAccess.objects.all()}
    with clock.shifted(timedelta(seconds=20)):
        assert note_heard(by(buyer), view, [(900, 2100)]) == 4000
    assert rows() == [(0, 3000), (4000, 5000)]
    joined, apart = RecordingAccess.objects.order_by("from_ms")
    assert joined.at == begun[0]
    assert joined.last_at - joined.at > timedelta(seconds=19)
    assert apart.last_at == apart.at
    note_heard(by(buyer, "l2"), view, [(0, 3000)])
    assert RecordingAccess.objects.count() == 3, "another opening of the player is another row"


def test_who_listened_to_how_much_of_the_speech(buyer: Principal, manager: Principal, view: RecordingView) -> None:
    note_heard(by(buyer), view, [(0, 2000)])
    note_heard(by(buyer, "l2"), view, [(1500, 4000)])
    with clock.shifted(timedelta(minutes=1)):
        list(serve(by(manager, "l3"), view, portion(view.bytes, tag_of(view))))
    staff, customer = listened(view)
    assert (staff.who, staff.heard, staff.speech_ms, staff.covered) == ("manager", (), 0, False)
    assert (customer.who, customer.heard, customer.heard_ms) == ("buyer", ((0, 4000),), 4000)
    assert (customer.speech_ms, customer.all_speech_ms, customer.percent) == (2000, 6000, 33)
    assert customer.covered
    assert customer.first_at <= customer.last_at


def test_who_talks_at_once_is_counted_once(buyer: Principal, make_charge: ChargeMaker) -> None:
    both = (Segment(0, 0, 4000), Segment(1, 2000, 6000))
    view = recording_named(buyer, ready_recording(make_charge(), speech=both, duration_ms=8000).public_id)
    note_heard(by(buyer), view, [(0, 8000)])
    (one,) = listened(view)
    assert (one.speech_ms, one.all_speech_ms, one.percent) == (6000, 6000, 100)


def test_silence_has_no_share(buyer: Principal, make_charge: ChargeMaker) -> None:
    view = recording_named(buyer, ready_recording(make_charge(), speech=(), duration_ms=1000).public_id)
    note_heard(by(buyer), view, [(0, 1000)])
    (one,) = listened(view)
    assert (one.percent, one.covered) == (None, False)


def test_ids_are_told_to_who_may_listen(buyer: Principal, csr: Principal, make_charge: ChargeMaker) -> None:
    made: Recording = ready_recording(make_charge())
    silent = make_charge()
    asked = [made.charge_id, silent.pk]
    assert recording_ids(buyer, asked) == {made.charge_id: made.public_id}
    assert recording_ids(csr, asked) == {}
