"""The main job: file, decide in part, undo, commit."""

from __future__ import annotations

from datetime import timedelta

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind, Stage
from makegood.kernel import clock
from makegood.ledger.models import Adjustment, ChargeBalance, Posting
from makegood.parties.entries import Principal
from tests.world import DisputeMaker

TWENTY = 20_000_000


def test_partial_accept_credits_buyer_and_claws_back_in_proportion(
    make_dispute: DisputeMaker, manager: Principal
) -> None:
    dispute = make_dispute()
    (answer,) = operations.decide(
        manager, items=[DecisionItem(dispute.pk, DecisionKind.PARTIAL, TWENTY, note="Half of it was spam.")]
    )
    assert answer.ok
    assert ChargeBalance.objects.get(pk=dispute.charge_id).held_micros == TWENTY
    assert Posting.objects.count() == 0
    with clock.shifted(timedelta(seconds=11)):
        (committed,) = operations.commit_due()
    assert committed.data["credit_micros"] == TWENTY
    assert committed.data["clawback_micros"] == 13_333_333
    adjustment = Adjustment.objects.get()
    assert (adjustment.amount_micros, adjustment.clawback_micros) == (-TWENTY, -13_333_333)
    assert sum(Posting.objects.values_list("micros", flat=True)) == 0
    dispute.refresh_from_db()
    assert dispute.stage == Stage.CLOSED


def test_undo_leaves_no_posting(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])
    (answer,) = operations.undo(manager, items=[Ref(dispute.pk)])
    assert answer.ok
    with clock.shifted(timedelta(minutes=5)):
        assert operations.commit_due() == []
    assert Posting.objects.count() == 0
    assert Dispute.objects.get(pk=dispute.pk).stage == Stage.IN_REVIEW
