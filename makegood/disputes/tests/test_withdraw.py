"""Withdrawing: before a decision, by the submitter's side, in the first round."""

from __future__ import annotations

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import Ref
from makegood.disputes.models import Dispute
from makegood.disputes.states import Door, Stage
from makegood.disputes.tests.money import decide, item
from makegood.journal.models import JournalEvent
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker


@pytest.mark.parametrize("claimed", [False, True])
def test_withdrawn_one_leaves_the_queue(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, *, claimed: bool
) -> None:
    dispute = make_dispute()
    if claimed:
        operations.claim(manager, items=[Ref(dispute.pk)])
    (answer,) = operations.withdraw(buyer, items=[Ref(dispute.pk)])
    dispute.refresh_from_db()
    assert (answer.data["stage"], dispute.stage, dispute.assignee_id) == ("withdrawn", Stage.WITHDRAWN, None)
    assert dispute.withdrawn_at is not None
    assert JournalEvent.objects.get(event="dispute.withdrawn").changes["was_claimed"] is claimed


def test_many_with_bad_ones_withdraw_the_others(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal
) -> None:
    fine, decided, closed, again, late = (make_dispute() for _ in range(5))
    decide(manager, item(decided))
    decide(manager, item(closed), door=Door.API)
    operations.withdraw(buyer, items=[Ref(again.pk)])
    Dispute.objects.filter(pk=late.pk).update(round=2, round_origin="reopened")
    order = [decided, closed, again, late, fine]
    answers = operations.withdraw(buyer, items=[*(Ref(dispute.pk) for dispute in order), Ref(fine.pk, 1), Ref(999_999)])
    refused(answers[0], "WRONG_STAGE", f"{decided} is being reviewed, so this step is not possible.")
    refused(answers[1], "DISPUTE_CLOSED", f"{closed} is closed and cannot be changed.")
    refused(answers[2], "DISPUTE_CLOSED", f"{again} is withdrawn and cannot be changed.")
    refused(answers[3], "LATER_ROUND", f"{late} is in a later round; close it instead of withdrawing it.")
    assert answers[4].ok
    refused(answers[5], "DISPUTE_CLOSED", f"{fine} is withdrawn and cannot be changed.")
    refused(answers[6], "NOT_FOUND", "Not found, or not yours.")
    assert JournalEvent.objects.filter(event="dispute.withdrawn").count() == 2


def test_withdraw_at_an_old_version(make_dispute: DisputeMaker, buyer: Principal) -> None:
    dispute = make_dispute()
    with unchanged():
        (answer,) = operations.withdraw(buyer, items=[Ref(dispute.pk, version=9)])
    sentence = f"{dispute} was changed meanwhile. Look at it again, then repeat the step."
    refused(answer, "VERSION_MISMATCH", sentence)


def test_withdraw_out_of_scope(make_dispute: DisputeMaker, other_buyer: Principal) -> None:
    dispute = make_dispute()
    with unchanged():
        (answer,) = operations.withdraw(other_buyer, items=[Ref(dispute.pk)])
    refused(answer, "NOT_FOUND", "Not found, or not yours.")


def test_decider_never_withdraws(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    with unchanged(), pytest.raises(NotPermitted):
        operations.withdraw(manager, items=[Ref(dispute.pk)])
