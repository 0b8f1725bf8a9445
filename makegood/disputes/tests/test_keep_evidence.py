"""Recordings outlive their day while a dispute needs them: open, or able to come back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.disputes import operations, tasks
from makegood.disputes.entries import CloseItem, DraftItem, Ref, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import ReviewState
from makegood.disputes.tests.money import REJECT, commit_later, decide, item
from makegood.disputes.tests.reviewing import queued, record
from makegood.evidence.models import Recording
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.world import DisputeMaker, World

DAY = timedelta(days=1)
FINAL: dict[str, Any] = {"reopen": False, "re_review": {"allowed": False}, "auto_close": False}


def past(charge: Charge) -> Recording:
    """A recording whose day to be deleted was yesterday."""
    return record(charge, retention_until=(clock.now() - DAY).date())


def kept(recording: Recording) -> bool:
    tasks.recordings()
    recording.refresh_from_db()
    return recording.state == "ready"


def settings(world: World, **said: Any) -> None:
    change_settings(SYSTEM, program=world.program, settings={**FINAL, **said})


def rejected(manager: Principal, dispute: Dispute, *, closed: bool) -> None:
    assert decide(manager, item(dispute, REJECT))[0].ok
    commit_later(0)
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
        if closed:
            assert operations.close(manager, items=[CloseItem(dispute.pk, note="Done")])[0].ok


def test_what_nobody_disputes_goes_on_its_day(world: World, buyer: Principal) -> None:
    settings(world)
    alone, drafted = past(world.charge()), past(world.charge())
    operations.save_draft(buyer, items=[DraftItem(drafted.charge_id, "SPAM", "Not sent yet")])
    assert tasks.recordings() == 2
    assert (kept(alone), kept(drafted)) == (False, False)


@pytest.mark.parametrize("stage", ["pending", "in_review", "decided", "resolved"])
def test_an_open_dispute_keeps_it(world: World, make_dispute: DisputeMaker, manager: Principal, stage: str) -> None:
    settings(world)
    dispute = make_dispute()
    recording = past(dispute.charge)
    if stage == "in_review":
        assert operations.claim(manager, items=[Ref(dispute.pk)])[0].ok
    if stage == "decided":
        assert decide(manager, item(dispute))[0].ok
    if stage == "resolved":
        rejected(manager, dispute, closed=False)
    dispute.refresh_from_db()
    assert (dispute.stage, kept(recording)) == (stage, True)


@pytest.mark.parametrize(
    ("said", "kept_for"),
    [
        ({}, 0),
        ({"reopen": True}, 10),
        ({"reopen": True, "reopen_days": 9}, 1),
        ({"re_review": {"allowed": True, "appeal_days": 9}, "max_rounds": 2}, 1),
        ({"re_review": {"allowed": True}, "max_rounds": 2}, 10),
        ({"re_review": {"allowed": True}, "max_rounds": 1}, 0),
    ],
)
def test_a_closed_one_keeps_it_while_it_can_come_back(
    world: World, make_dispute: DisputeMaker, manager: Principal, said: dict[str, Any], kept_for: int
) -> None:
    """``kept_for`` is the last of the days 1 and 10 on which it is still there."""
    settings(world, **said)
    dispute = make_dispute()
    recording = past(dispute.charge)
    rejected(manager, dispute, closed=True)
    with clock.shifted(DAY):
        assert kept(recording) is (kept_for >= 1)
    if kept_for:
        with clock.shifted(10 * DAY):
            assert kept(recording) is (kept_for == 10)
            if kept_for == 10 and said.get("reopen"):
                assert operations.reopen(manager, items=[WordsItem(dispute.pk, "Listen again")])[0].ok


def test_a_withdrawn_one_keeps_it_while_it_can_be_opened(
    world: World, make_dispute: DisputeMaker, buyer: Principal
) -> None:
    settings(world, reopen=True, reopen_days=9)
    dispute = make_dispute()
    recording = past(dispute.charge)
    assert operations.withdraw(buyer, items=[Ref(dispute.pk)])[0].ok
    assert kept(recording)
    with clock.shifted(10 * DAY):
        assert not kept(recording)


def test_what_is_needed_does_not_keep_the_rest_waiting(world: World, make_dispute: DisputeMaker) -> None:
    settings(world)
    needed = [past(make_dispute().charge) for _ in range(2)]
    loose = past(world.charge())
    assert operations.keep_evidence.delete_unneeded_recordings(limit=1) == 1
    assert (kept(loose), [kept(one) for one in needed]) == (False, [True, True])


def test_a_review_that_waits_keeps_it(world: World) -> None:
    recording = past(world.charge())
    review = queued(world, recording.charge)
    assert kept(recording)
    review.state = ReviewState.CANCELED
    review.save()
    assert not kept(recording)
