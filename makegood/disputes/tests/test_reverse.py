"""Reversals: the exact inverse of one credit or of several, whatever they were, and what they say of it."""

from __future__ import annotations

from random import Random

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import CloseItem, DecisionItem, ReverseItem, WordsItem
from makegood.disputes.models import Dispute, Reason
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.selectors.rows import live_credits
from makegood.disputes.selectors.standing import standing_credits
from makegood.disputes.states import DecisionKind, Door, Facts, Stage, billability
from makegood.disputes.tests.money import ACCEPT, PARTIAL, decide, item, posted
from makegood.journal.errors import KeyReused
from makegood.journal.models import JournalEvent
from makegood.ledger.models import Adjustment, ChargeBalance
from makegood.ledger.selectors import proof
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

PRIME_BILLED, PRIME_TAX, PRIME_PAYOUT = 44_999_999, 3_599_993, 29_999_989


@pytest.fixture(autouse=True)
def _open_program(world: World) -> None:
    change_settings(
        SYSTEM, program=world.program, settings={"auto_close": False, "reopen": True, "max_rounds": 9, "sla": {}}
    )


def check_books() -> None:
    assert proof().holds
    assert list(broken(LAWS)) == []


def further_round(manager: Principal, dispute: Dispute) -> None:
    operations.close(manager, items=[CloseItem(dispute.pk)])
    (answer,) = operations.reopen(manager, items=[WordsItem(dispute.pk, "Another look")])
    assert answer.ok, answer


def grant(manager: Principal, dispute: Dispute, kind: DecisionKind = ACCEPT, micros: int | None = None) -> None:
    (answer,) = decide(manager, item(dispute, kind, micros), door=Door.API)
    assert answer.ok, answer


def test_a_reversal_is_the_exact_inverse_and_says_so(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute(billed_micros=PRIME_BILLED, tax_micros=PRIME_TAX, payout_micros=PRIME_PAYOUT)
    grant(manager, dispute, PARTIAL, 20_000_003)
    credit = Adjustment.objects.get()
    (answer,) = operations.reverse(manager, items=[ReverseItem(dispute.pk, note="Posted by mistake")])
    reversal = Adjustment.objects.get(kind="reversal")
    assert (reversal.parent_id, reversal.idempotency_key) == (credit.pk, f"reversal:{credit.pk}")
    figures = (credit.amount_micros, credit.tax_micros, credit.clawback_micros)
    assert (reversal.amount_micros, reversal.tax_micros, reversal.clawback_micros) == tuple(-f for f in figures)
    assert set(posted().values()) == {0}
    balance = ChargeBalance.objects.get()
    assert (balance.credited_micros, balance.tax_credited_micros, balance.clawed_micros) == (0, 0, 0)
    before = dispute
    dispute = Dispute.objects.get(pk=dispute.pk)
    assert (dispute.stage, dispute.outcome, dispute.round) == (Stage.RESOLVED, "accepted_partial", before.round)
    changes = JournalEvent.objects.get(event="dispute.reversed").changes
    assert changes == {
        "number": dispute.number,
        "label": dispute.label,
        "charge_id": dispute.charge_id,
        "round": 1,
        "adjustment_id": reversal.pk,
        "credit_micros": 20_000_003,
        "tax_micros": -credit.tax_micros,
        "clawback_micros": -credit.clawback_micros,
        "currency": "USD",
        "payout_currency": "USD",
        "submitted_by": dispute.submitted_by_id,
        "note": "Posted by mistake",
    }
    assert answer.data == {
        "number": dispute.label,
        "adjustment_id": reversal.pk,
        "credit_micros": 20_000_003,
        "tax_micros": -credit.tax_micros,
        "clawback_micros": -credit.clawback_micros,
        "currency": "USD",
        "payout_currency": "USD",
        "version": dispute.lock_version,
    }
    check_books()


def test_credits_of_several_rounds_are_reversed_in_one_batch(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute, other = make_dispute(), make_dispute()
    grant(manager, dispute, PARTIAL, 10_000_000)
    further_round(manager, dispute)
    grant(manager, dispute, PARTIAL, 7_000_000)
    further_round(manager, dispute)
    grant(manager, other)
    (_, newest), (_, oldest) = standing_credits([dispute.pk])
    version = Dispute.objects.get(pk=dispute.pk).lock_version
    items = [ReverseItem(dispute.pk, oldest), ReverseItem(other.pk), ReverseItem(dispute.pk, newest)]
    answers = operations.reverse(manager, items=[*items, ReverseItem(dispute.pk, newest)])
    assert [answer.data.get("credit_micros") for answer in answers[:3]] == [10_000_000, 45_000_000, 7_000_000]
    refused(answers[3], "ALREADY_REVERSED", f"The credit of {dispute} was already reversed.")
    assert [b.credited_micros for b in ChargeBalance.objects.all()] == [0, 0]
    assert Dispute.objects.get(pk=dispute.pk).lock_version == version + 1
    reversals = Adjustment.objects.filter(kind="reversal", dispute_id=dispute.pk)
    assert list(reversals.values_list("round", flat=True)) == [3, 3]
    check_books()


def test_without_a_number_the_newest_credit_comes_first(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    grant(manager, dispute, PARTIAL, 10_000_000)
    further_round(manager, dispute)
    grant(manager, dispute, PARTIAL, 7_000_000)
    seen = [operations.reverse(manager, items=[ReverseItem(dispute.pk)])[0] for _ in range(3)]
    assert [answer.data.get("credit_micros") for answer in seen[:2]] == [7_000_000, 10_000_000]
    assert seen[2].code == "ALREADY_REVERSED"
    check_books()


@pytest.mark.parametrize("seed", range(3))
def test_partials_and_reversals_in_any_order_return_exactly(
    make_dispute: DisputeMaker, manager: Principal, seed: int
) -> None:
    """Whatever was given and taken back before, the whole charge returns its whole tax and its whole payout."""
    dice = Random(seed)  # noqa: S311 - picks amounts, guards nothing
    dispute = make_dispute(billed_micros=PRIME_BILLED, tax_micros=PRIME_TAX, payout_micros=PRIME_PAYOUT)
    for _ in range(5):
        left = ChargeBalance.objects.get().remaining_micros
        grant(manager, dispute, PARTIAL, dice.randint(1, left - 1))
        if dice.random() < 0.6:
            _, credit = dice.choice(standing_credits([dispute.pk]))
            operations.reverse(manager, items=[ReverseItem(dispute.pk, credit)])
        further_round(manager, dispute)
    grant(manager, dispute)
    balance = ChargeBalance.objects.get()
    given = (balance.credited_micros, balance.tax_credited_micros, balance.clawed_micros)
    assert given == (PRIME_BILLED, PRIME_TAX, PRIME_PAYOUT)
    items = [ReverseItem(dispute.pk, credit) for _, credit in standing_credits([dispute.pk])]
    assert all(answer.ok for answer in operations.reverse(manager, items=items))
    assert set(posted().values()) == {0}
    check_books()


def test_a_repeated_key_reverses_once(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    grant(manager, dispute)
    first = operations.reverse(manager, items=[ReverseItem(dispute.pk)], key="r")
    with unchanged():
        assert operations.reverse(manager, items=[ReverseItem(dispute.pk)], key="r") == first
        with pytest.raises(KeyReused):
            operations.reverse(manager, items=[ReverseItem(dispute.pk, note="other")], key="r")
    assert Adjustment.objects.filter(kind="reversal").count() == 1


def test_a_reason_takes_the_whole_charge_off_the_bill_until_its_credit_is_reversed(
    make_dispute: DisputeMaker, manager: Principal
) -> None:
    Reason.objects.filter(code="SPAM").update(implies_non_billable=True)
    dispute = make_dispute()
    grant(manager, dispute, PARTIAL, 10_000_000)
    assert ChargeBalance.objects.get().non_billable_mark
    assert live_credits([dispute.pk])[dispute.pk].non_billable
    facts = Facts(Stage.RESOLVED, live_micros=10_000_000, billed_micros=45_000_000, non_billable=True)
    assert billability(facts).label == "Non-billable"
    further_round(manager, dispute)
    grant(manager, dispute, PARTIAL, 1_000_000)
    operations.reverse(manager, items=[ReverseItem(dispute.pk)])
    assert ChargeBalance.objects.get().non_billable_mark
    operations.reverse(manager, items=[ReverseItem(dispute.pk)])
    assert not ChargeBalance.objects.get().non_billable_mark
    check_books()


def test_refusing_after_the_credit_was_reversed(make_dispute: DisputeMaker, manager: Principal) -> None:
    """Reverse and reject: two verbs, and the charge stands again."""
    dispute = make_dispute()
    grant(manager, dispute)
    further_round(manager, dispute)
    refusal = DecisionItem(dispute.pk, DecisionKind.REJECT, note="We listened again.")
    assert operations.decide(manager, items=[refusal])[0].code == "CREDIT_LIVE"
    operations.reverse(manager, items=[ReverseItem(dispute.pk)])
    (answer,) = operations.decide(manager, items=[refusal], door=Door.API)
    assert answer.ok
    assert Dispute.objects.get(pk=dispute.pk).outcome == "rejected"
    check_books()
