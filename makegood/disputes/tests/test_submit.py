"""Filing: as one, as many, as many with a bad one; every refusal by code, sentence and rows untouched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, DraftItem, SubmitItem
from makegood.disputes.models import Dispute, PolicyVersion, Reason
from makegood.disputes.policy.presets import preset
from makegood.disputes.states import DecisionKind, Door, Origin, Stage
from makegood.journal.errors import KeyReused
from makegood.journal.models import Command, JournalEvent
from makegood.kernel import clock
from makegood.ledger.models import ChargeBalance, Hold, Posting
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.models import Customer
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, DisputeMaker, World

FULL = "This program takes the whole item; the reviewer decides whether part of it is credited."


def claim(charge_id: int, **facts: Any) -> SubmitItem:
    return SubmitItem(charge_id, **{"reason": "SPAM", "description": "Automated voice", **facts})


@pytest.fixture
def any_amount(world: World) -> PolicyVersion:
    """The program's policy without the rule that the whole rest is asked for."""
    rules = [rule for rule in preset("call_marketplace").rules if rule["type"] != "amount_full"]
    return operations.publish_policy(SYSTEM, program=world.program, rules=rules)


def test_one_claim_opens_dispute_hold_balance_and_journal(make_charge: ChargeMaker, buyer: Principal) -> None:
    charge = make_charge(tax_micros=3_600_000)
    (answer,) = operations.submit(buyer, items=[claim(charge.pk, description=" Automated voice ")])
    dispute = Dispute.objects.get()
    assert answer.ok
    assert answer.id == dispute.pk
    assert answer.data == {"number": f"D-{dispute.number}", "amount_micros": 45_000_000, "currency": "USD"}
    assert (dispute.stage, dispute.outcome, dispute.round) == (Stage.PENDING, None, 1)
    assert (dispute.submitted_by_id, dispute.created_by_id, dispute.origin) == (buyer.id, buyer.id, Origin.BUYER)
    assert (dispute.description, dispute.policy_version_id is None) == (" Automated voice ", False)
    balance = ChargeBalance.objects.get()
    assert (balance.billed_micros, balance.tax_micros, balance.payout_micros) == (45_000_000, 3_600_000, 30_000_000)
    assert (balance.held_micros, Hold.objects.get().held_micros, Posting.objects.count()) == (0, 0, 0)
    event = JournalEvent.objects.get(event="dispute.submitted")
    assert (event.object_id, event.principal, event.customer_id) == (dispute.pk, buyer.id, charge.customer_id)
    assert (event.vendor_id, event.changes["reason"]) == (charge.vendor_id, "SPAM")


def test_many_claims_with_one_bad_file_the_others(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    theirs = make_charge(customer=world.other_customer)
    mine = [make_charge().pk for _ in range(3)]
    order = [mine[0], theirs.pk, mine[1], mine[2]]
    answers = operations.submit(buyer, items=[claim(pk) for pk in order])
    assert [(a.ordinal, a.ok) for a in answers] == [(0, True), (1, False), (2, True), (3, True)]
    refused(answers[1], "NOT_FOUND", "Not found, or not yours.")
    assert list(Dispute.objects.order_by("charge_id").values_list("charge_id", flat=True)) == mine
    assert JournalEvent.objects.filter(event="dispute.submitted").count() == 3


def test_same_charge_twice_in_a_batch_files_once(make_charge: ChargeMaker, buyer: Principal) -> None:
    charge = make_charge()
    first, second = operations.submit(buyer, items=[claim(charge.pk), claim(charge.pk)])
    assert first.ok
    refused(second, "ALREADY_DISPUTED", "A dispute on this item is already open.")


def test_nothing_to_file_answers_nothing(buyer: Principal) -> None:
    assert operations.submit(buyer, items=[]) == []


@pytest.mark.parametrize(
    ("facts", "claimed", "code", "message"),
    [
        ({}, {"reason": ""}, "REASON_REQUIRED", "Please choose a reason that this program offers."),
        ({}, {"reason": "NOT_CONNECTED"}, "REASON_REQUIRED", "Please choose a reason that this program offers."),
        ({}, {"amount_micros": 0}, "AMOUNT_NOT_POSITIVE", "The amount has to be above zero."),
        ({}, {"amount_micros": -1}, "AMOUNT_NOT_POSITIVE", "The amount has to be above zero."),
        ({}, {"amount_micros": 44_999_999}, "AMOUNT_NOT_FULL", FULL),
        ({}, {"amount_micros": 45_000_001}, "AMOUNT_NOT_FULL", FULL),
        ({"billed_at": None}, {}, "NOT_BILLED", "Only billed items can be disputed."),
        ({"billed_micros": 0}, {}, "AMOUNT_EXCEEDS_REMAINING", "Only $0.00 of this charge is left."),
    ],
)
def test_claim_that_is_refused(
    make_charge: ChargeMaker, buyer: Principal, facts: dict[str, Any], claimed: dict[str, Any], code: str, message: str
) -> None:
    charge = make_charge(**facts)
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim(charge.pk, **claimed)])
    refused(answer, code, message)


def test_claim_on_a_charge_that_is_not_there(buyer: Principal) -> None:
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim(999_999)])
    refused(answer, "NOT_FOUND", "Not found, or not yours.")


def test_claim_by_somebody_without_any_grant(make_charge: ChargeMaker, stranger: Principal, world: World) -> None:
    charge = make_charge(customer=world.other_customer)
    with unchanged():
        (answer,) = operations.submit(stranger, items=[claim(charge.pk)])
    refused(answer, "NOT_FOUND", "Not found, or not yours.")


def test_claim_on_a_disputed_charge(make_dispute: DisputeMaker, buyer: Principal) -> None:
    dispute = make_dispute()
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim(dispute.charge_id)])
    refused(answer, "ALREADY_DISPUTED", f"Dispute D-{dispute.number} is already open.")
    assert answer.data["would_pass_if"] == "The open dispute can be followed, edited or withdrawn instead."


def test_claim_that_explains_too_little(make_charge: ChargeMaker, buyer: Principal) -> None:
    Reason.objects.filter(code="SPAM").update(min_explanation_chars=10)
    charge = make_charge()
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim(charge.pk, description="  too few  ")])
    refused(answer, "EXPLANATION_REQUIRED", "Please add a few words that explain it.")


def test_claim_where_disputes_are_off(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    Customer.objects.filter(pk=world.customer.pk).update(dispute_permission=False)
    charge = make_charge()
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim(charge.pk)])
    refused(answer, "DISPUTES_DISABLED", "Disputes are off for this account.")


@pytest.mark.usefixtures("any_amount")
def test_claim_above_the_rest(make_charge: ChargeMaker, buyer: Principal) -> None:
    charge = make_charge()
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim(charge.pk, amount_micros=45_000_001)])
    refused(answer, "AMOUNT_EXCEEDS_REMAINING", "Only $45.00 of this charge is left.")


@pytest.mark.usefixtures("any_amount")
def test_part_of_a_charge_where_the_policy_takes_parts(make_charge: ChargeMaker, buyer: Principal) -> None:
    (answer,) = operations.submit(buyer, items=[claim(make_charge().pk, amount_micros=1)])
    assert answer.data["amount_micros"] == 1


def test_claim_before_any_policy_is_in_force(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    charge = make_charge()
    with unchanged(), clock.frozen(clock.now() - timedelta(days=365 * 40)):
        (answer,) = operations.submit(buyer, items=[claim(charge.pk)])
    refused(answer, "POLICY_MISSING", f'The program "{world.program.key}" has no published policy yet.')


def settle(manager: Principal, dispute: Dispute) -> None:
    (answer,) = operations.decide(
        manager, items=[DecisionItem(dispute.pk, DecisionKind.REJECT, note="A real call.")], door=Door.API
    )
    assert answer.ok


def test_claim_on_a_decided_charge_is_final_for_its_buyer(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal
) -> None:
    dispute = make_dispute()
    settle(manager, dispute)
    today = clock.now()
    day = f"{today.day} {today:%b %Y}"
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim(dispute.charge_id, override_cause="Please.")])
    refused(answer, "DISPUTE_FINAL", f"Already decided on {day} (D-{dispute.number}); the decision is final.")


def test_representative_files_a_final_one_again_with_a_cause(
    make_dispute: DisputeMaker, csr: Principal, manager: Principal
) -> None:
    dispute = make_dispute()
    settle(manager, dispute)
    with unchanged():
        (without,) = operations.submit(csr, items=[claim(dispute.charge_id, override_cause="  ")], origin=Origin.CSR)
    assert without.code == "DISPUTE_FINAL"
    (answer,) = operations.submit(csr, items=[claim(dispute.charge_id, override_cause="New proof")], origin=Origin.CSR)
    again = Dispute.objects.get(pk=answer.id)
    assert (again.origin, again.override_cause, again.submitted_by_id) == (Origin.CSR, "New proof", csr.id)


@pytest.mark.parametrize("who", ["manager", "vendor", "qa"])
def test_who_may_not_file(make_charge: ChargeMaker, who: str, request: pytest.FixtureRequest) -> None:
    principal: Principal = request.getfixturevalue(who)
    charge = make_charge()
    with unchanged(), pytest.raises(NotPermitted) as raised:
        operations.submit(principal, items=[claim(charge.pk)])
    assert raised.value.message == 'This needs the permission "dispute.create"; an administrator can grant it.'


def test_draft_becomes_the_dispute(make_charge: ChargeMaker, buyer: Principal) -> None:
    charge = make_charge()
    (draft,) = operations.save_draft(buyer, items=[DraftItem(charge.pk, "BOT", "Beep")])
    (answer,) = operations.submit(buyer, items=[claim(charge.pk, draft_id=draft.id)])
    dispute = Dispute.objects.get()
    assert (answer.id, dispute.pk, dispute.stage) == (draft.id, draft.id, Stage.PENDING)
    assert (answer.data["number"], dispute.reason and dispute.reason.code) == (draft.data["number"], "SPAM")
    assert Hold.objects.get().dispute_id == draft.id


def test_draft_of_somebody_else_does_not_become_the_dispute(make_charge: ChargeMaker, world: World) -> None:
    author, other = (world.person("buyer", name, customer_number="B1") for name in ("author", "other"))
    charge = make_charge()
    (draft,) = operations.save_draft(author, items=[DraftItem(charge.pk)])
    with unchanged(but=("ledger_charge_balance",)):
        (answer,) = operations.submit(other, items=[claim(charge.pk, draft_id=draft.id)])
    refused(
        answer,
        "CONFLICT",
        "Somebody else changed this at the same moment. Look at it again, then repeat the step.",
    )


def test_repeated_key_gives_the_same_answers_and_no_second_effect(make_charge: ChargeMaker, buyer: Principal) -> None:
    items = [claim(make_charge().pk), claim(999_999), claim(make_charge().pk)]
    first = operations.submit(buyer, items=items, key="k")
    with unchanged():
        assert operations.submit(buyer, items=items, key="k") == first
    assert [answer.ok for answer in first] == [True, False, True]
    assert Command.objects.get().principal == buyer.id


def test_key_with_another_body_is_refused(make_charge: ChargeMaker, buyer: Principal) -> None:
    items = [claim(make_charge().pk)]
    operations.submit(buyer, items=items, key="k")
    other = [claim(make_charge().pk)]
    with unchanged(), pytest.raises(KeyReused) as raised:
        operations.submit(buyer, items=other, key="k")
    assert raised.value.message == "This idempotency key was already used for another request."


def test_same_key_of_another_person_is_another_key(
    make_charge: ChargeMaker, buyer: Principal, other_buyer: Principal, world: World
) -> None:
    operations.submit(buyer, items=[claim(make_charge().pk)], key="k")
    theirs = make_charge(customer=world.other_customer)
    (answer,) = operations.submit(other_buyer, items=[claim(theirs.pk)], key="k")
    assert answer.ok
