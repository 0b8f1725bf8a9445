"""Findings heard at a second: kept with their decision, in its transaction, and shown for the one that stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, HeardItem, Ref
from makegood.disputes.models import Decision, Dispute, Heard
from makegood.disputes.selectors.detail import dispute_detail
from makegood.disputes.selectors.heard import clock_of, heard_by_round
from makegood.disputes.states import DecisionKind
from makegood.evidence.models import Recording
from makegood.evidence.states import RecordingState
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker

ACCEPT, LENGTH = DecisionKind.ACCEPT, 60_000
BEYOND = "The recording ends at 1:00; a finding is heard before that."


def record(dispute: Dispute, **facts: Any) -> Recording:
    """A recording of a minute that can be played."""
    ready = {
        "state": RecordingState.READY, "original_key": "a", "play_key": "b", "peaks_key": "c", "channels": 2,
        "duration_ms": LENGTH, "sample_rate": 8_000, "bytes": 1, "play_bytes": 1,
    }  # fmt: skip
    made = {"public_id": f"rec_{dispute.pk}", "created_at": clock.now(), **ready, **facts}
    return Recording.objects.create(charge=dispute.charge, **made)


def item(dispute: Dispute, *heard: HeardItem, findings: tuple[str, ...] = ("ROBOCALL", "NOBODY")) -> DecisionItem:
    return DecisionItem(dispute.pk, ACCEPT, None, "As heard.", findings, heard=heard)


def test_heard_is_kept_with_the_decision_and_told_when_it_is(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal
) -> None:
    dispute = make_dispute()
    recording = record(dispute)
    heard = (HeardItem("NOBODY", 58_500), HeardItem("ROBOCALL", 41_000), HeardItem("ROBOCALL", 41_000, 45_000))
    (answer,) = operations.decide(manager, items=[item(dispute, *heard)])
    assert answer.ok, answer
    rows = Heard.objects.order_by("start_ms").values_list("recording", "finding__code", "start_ms", "end_ms")
    assert list(rows) == [(recording.pk, "ROBOCALL", 41_000, 45_000), (recording.pk, "NOBODY", 58_500, LENGTH)]
    number = dispute.number_only
    assert [row.at for row in dispute_detail(manager, number).heard] == ["0:41", "0:58"]
    assert dispute_detail(buyer, number).heard == ()
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    detail = dispute_detail(buyer, number)
    assert [(row.label, row.at) for row in detail.heard] == [("Robocall, solicitor", "0:41"), ("Nobody speaks", "0:58")]
    assert [row.heard for row in detail.story if row.event == "dispute.committed"] == [detail.heard]


def test_a_decision_that_was_taken_back_tells_nothing(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    record(dispute)
    operations.decide(manager, items=[item(dispute, HeardItem("ROBOCALL", 1_000))])
    operations.undo(manager, items=[Ref(dispute.pk)])
    assert heard_by_round(dispute.pk, held=True) == {}
    (again,) = operations.decide(manager, items=[item(dispute, HeardItem("ROBOCALL", 1_000))])
    assert again.ok, again
    assert [row.start_ms for row in heard_by_round(dispute.pk, held=True)[1]] == [1_000]
    assert Heard.objects.count() == 2


@pytest.mark.parametrize(
    ("heard", "code", "message"),
    [
        (HeardItem("LINE_FAULT", 1_000), "FINDING_UNKNOWN", '"LINE_FAULT" is not among the findings of this decision.'),
        (HeardItem("NOBODYS", 1_000), "FINDING_UNKNOWN", '"NOBODYS" is not among the findings of this decision.'),
        (HeardItem("ROBOCALL", LENGTH), "HEARD_BEYOND_RECORDING", BEYOND),
        (HeardItem("ROBOCALL", -1), "HEARD_BEYOND_RECORDING", BEYOND),
    ],
)  # fmt: skip
def test_what_cannot_be_heard_is_refused_and_nothing_is_decided(
    heard: HeardItem, code: str, message: str, make_dispute: DisputeMaker, manager: Principal
) -> None:
    dispute = make_dispute()
    record(dispute)
    with unchanged():
        (answer,) = operations.decide(manager, items=[item(dispute, heard, findings=("ROBOCALL", "NOBODYS"))])
    refused(answer, code, message)


def test_without_a_recording_nothing_is_heard_and_the_others_go_on(
    make_dispute: DisputeMaker, manager: Principal
) -> None:
    silent, gone, fine = make_dispute(), make_dispute(), make_dispute()
    record(gone, state=RecordingState.DELETED)
    record(fine)
    heard = HeardItem("ROBOCALL", 5_000)
    answers = operations.decide(manager, items=[item(silent, heard), item(gone, heard), item(fine, heard)])
    for answer in answers[:2]:
        refused(answer, "NOTHING_TO_HEAR", "There is no recording in which a finding could be heard.")
    assert answers[2].ok
    assert Decision.objects.values_list("dispute", flat=True).get() == fine.pk
    assert Heard.objects.get().decision.dispute_id == fine.pk


def test_out_of_sight_it_reads_like_absent(make_dispute: DisputeMaker, manager: Principal) -> None:
    missing = DecisionItem(999_999, ACCEPT, heard=(HeardItem("ROBOCALL", 1),))
    with unchanged():
        (answer,) = operations.decide(manager, items=[missing])
    refused(answer, "NOT_FOUND", "Not found, or not yours.")


@pytest.mark.parametrize(("ms", "words"), [(0, "0:00"), (41_999, "0:41"), (3_753_000, "1:02:33")])
def test_a_place_reads_like_a_players_clock(ms: int, words: str) -> None:
    assert clock_of(ms) == words
