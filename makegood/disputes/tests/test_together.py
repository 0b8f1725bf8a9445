"""Several charges under one number: lines, totals, what is left out, and what cannot be filed together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from makegood.billing.models import BillPeriod, Invoice
from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, SubmitItem, Together
from makegood.disputes.models import Dispute, Submission
from makegood.disputes.operations.filing import Filing
from makegood.disputes.operations.together import TRIES
from makegood.disputes.policy.presets import preset
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.states import Origin, Stage
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.models import Hold
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, DisputeMaker, World

MIXED = "Charges filed together belong to one program, customer and currency, and to the invoice that is named."


def claim(charge_id: int, **facts: Any) -> SubmitItem:
    return SubmitItem(charge_id, **{"reason": "SPAM", "description": "Automated voice", **facts})


def file(principal: Principal, *items: SubmitItem, note: str = "Wrong plan", **facts: Any) -> list[Answer]:
    return operations.submit(principal, items=items, together=Together(note, **facts))


def invoice(customer: Customer, number: int = 1984950, month: int = 10) -> Invoice:
    period = BillPeriod.objects.create(
        customer=customer, number=number, starts_on=date(2026, month, 1), ends_on=date(2026, month + 1, 1)
    )
    columns = {"currency": "USD", "issued_at": clock.now(), "due_on": date(2026, 12, 1), "total_micros": 90_000_000}
    return Invoice.objects.create(number=number, customer=customer, bill_period=period, **columns)


def test_charges_filed_together_are_lines_of_one_number(make_charge: ChargeMaker, buyer: Principal) -> None:
    charges = [make_charge().pk, make_charge(billed_micros=9_990_000, payout_micros=0).pk, make_charge().pk]
    answers = file(buyer, *map(claim, charges))
    submission = Submission.objects.get()
    number = f"D-{submission.number}"
    assert [a.data["number"] for a in answers] == [f"{number}.1", f"{number}.2", f"{number}.3"]
    assert {a.data["submission"] for a in answers} == {number}
    assert (submission.total_micros, submission.currency, submission.note) == (99_990_000, "USD", "Wrong plan")
    assert (submission.origin, submission.created_by_id) == (Origin.BUYER, buyer.id)
    lines = list(Dispute.objects.order_by("line").values_list("charge_id", "line", "number", "submission_id", "stage"))
    assert lines == [(c, n, submission.number, submission.pk, Stage.PENDING) for n, c in enumerate(charges, 1)]
    labels = (
        JournalEvent.objects.filter(event="dispute.submitted").order_by("id").values_list("changes__label", flat=True)
    )
    assert sorted(labels) == [f"{number}.1", f"{number}.2", f"{number}.3"]
    assert Hold.objects.count() == 3
    assert list(broken(LAWS)) == []


def test_each_by_itself_has_a_number_of_its_own(make_charge: ChargeMaker, buyer: Principal) -> None:
    answers = operations.submit(buyer, items=[claim(make_charge().pk), claim(make_charge().pk)])
    assert len({a.data["number"] for a in answers}) == 2
    assert not Submission.objects.exists()
    assert not any("submission" in a.data for a in answers)


def test_what_is_refused_is_left_out_and_answered(
    make_charge: ChargeMaker, make_dispute: DisputeMaker, buyer: Principal
) -> None:
    unbilled, disputed, good = make_charge(billed_at=None), make_dispute(), make_charge()
    answers = file(buyer, claim(unbilled.pk), claim(disputed.charge_id), claim(good.pk), claim(good.pk, reason="NONE"))
    assert [a.code for a in answers] == ["NOT_BILLED", "ALREADY_DISPUTED", "", "REASON_REQUIRED"]
    submission = Submission.objects.get()
    assert (answers[2].data["number"], submission.total_micros) == (f"D-{submission.number}.1", 45_000_000)


def test_nothing_remains_of_a_submission(make_charge: ChargeMaker, buyer: Principal) -> None:
    charges = [make_charge(billed_at=None).pk for _ in range(2)]
    with unchanged():
        answers = file(buyer, *map(claim, charges))
    for answer in answers:
        refused(answer, "NOT_BILLED", "Only billed items can be disputed.")


def test_two_customers_in_one_submission(make_charge: ChargeMaker, csr: Principal, world: World) -> None:
    mine, theirs = make_charge(), make_charge(customer=world.other_customer)
    with unchanged():
        answers = file(csr, claim(mine.pk), claim(theirs.pk), claim(999_999))
    refused(answers[0], "MIXED_SUBMISSION", MIXED)
    refused(answers[1], "MIXED_SUBMISSION", MIXED)
    refused(answers[2], "NOT_FOUND", "Not found, or not yours.")


def test_two_currencies_or_programs_in_one_submission(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    other = operations.install_preset(SYSTEM, preset_key="call_marketplace", key="other-calls", currency="USD")
    mine, euro, elsewhere = make_charge(), make_charge(currency="EUR"), make_charge(program=other)
    with unchanged():
        answers = [*file(buyer, claim(mine.pk), claim(euro.pk)), *file(buyer, claim(mine.pk), claim(elsewhere.pk))]
    for answer in answers:
        refused(answer, "MIXED_SUBMISSION", MIXED)


def test_charge_out_of_scope_does_not_make_it_mixed(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    mine, theirs = make_charge(), make_charge(customer=world.other_customer)
    first, second = file(buyer, claim(mine.pk), claim(theirs.pk))
    assert first.ok
    refused(second, "NOT_FOUND", "Not found, or not yours.")


def test_submission_names_its_invoice(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    bill, other = invoice(world.customer), invoice(world.customer, 1984951, 9)
    on_it, usage, elsewhere = make_charge(invoice=bill), make_charge(), make_charge(invoice=other)
    with unchanged():
        answers = file(buyer, claim(on_it.pk), claim(elsewhere.pk), invoice_id=bill.pk)
    refused(answers[0], "MIXED_SUBMISSION", MIXED)
    assert all(answer.ok for answer in file(buyer, claim(on_it.pk), claim(usage.pk), invoice_id=bill.pk))
    assert Submission.objects.get().invoice_id == bill.pk


def test_invoice_of_somebody_else(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    theirs = invoice(world.other_customer)
    charge = make_charge()
    with unchanged():
        (answer,) = file(buyer, claim(charge.pk), invoice_id=theirs.pk)
    refused(answer, "NOT_FOUND", "Not found, or not yours.")


def test_draft_becomes_a_line(make_charge: ChargeMaker, buyer: Principal) -> None:
    charge, other = make_charge(), make_charge()
    (draft,) = operations.save_draft(buyer, items=[DraftItem(charge.pk, "SPAM", "Beep")])
    answers = file(buyer, claim(other.pk), claim(charge.pk, draft_id=draft.id))
    number = f"D-{Submission.objects.get().number}"
    assert [a.data["number"] for a in answers] == [f"{number}.1", f"{number}.2"]
    assert answers[1].id == draft.id
    assert Dispute.objects.get(pk=draft.id).label == f"{number}.2"


def test_repeated_key_files_one_submission(make_charge: ChargeMaker, buyer: Principal) -> None:
    items = [claim(make_charge().pk), claim(make_charge().pk)]
    first = operations.submit(buyer, items=items, together=Together("One"), key="k")
    with unchanged():
        assert operations.submit(buyer, items=items, together=Together("One"), key="k") == first
    assert Submission.objects.count() == 1


def test_reports_without_money_are_no_submission(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    change_settings(SYSTEM, program=world.program, settings={"no_money": True})
    rules = [rule for rule in preset("call_marketplace").rules if rule["type"] != "amount_full"]
    operations.publish_policy(SYSTEM, program=world.program, rules=rules)
    free, paid = make_charge(billed_micros=0, payout_micros=0), make_charge()
    with unchanged():
        (answer,) = file(buyer, claim(free.pk))
    refused(answer, "AMOUNT_NOT_POSITIVE", "The amount has to be above zero.")
    answers = file(buyer, claim(free.pk), claim(paid.pk))
    assert [a.data["amount_micros"] for a in answers] == [0, 45_000_000]


def test_one_that_breaks_the_batch_is_found_and_left_out(
    make_charge: ChargeMaker, buyer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = make_charge(), make_charge()
    runs: list[int] = []
    real = Filing.file

    def broken_by_one(self: Filing, items: list[SubmitItem]) -> list[Answer]:
        runs.append(len(items))
        answers = real(self, items)
        if any(item.charge_id == bad.pk for item in items):
            raise IntegrityError("balance_matches_charge")
        return answers

    monkeypatch.setattr(Filing, "file", broken_by_one)
    first, second = file(buyer, claim(bad.pk), claim(good.pk))
    refused(first, "CONFLICT", "Somebody else changed this at the same moment. Look at it again, then repeat the step.")
    assert second.ok
    assert runs == [2] * TRIES + [1, 1, 1]
    assert (Dispute.objects.count(), Submission.objects.get().total_micros) == (1, 45_000_000)
