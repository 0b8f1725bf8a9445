"""Customers for representatives: found by whatever they say, within scope; what they owe and what is in dispute."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.billing.models import Invoice
from makegood.billing.selectors.issued import issued_bills
from makegood.billing.states import InvoiceStatus, Subkind
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.account import account
from makegood.disputes.selectors.account_bills import account_bill, account_bills
from makegood.disputes.selectors.account_disputes import account_disputes
from makegood.disputes.selectors.balance import balances
from makegood.disputes.selectors.balance_entries import ledgers
from makegood.disputes.selectors.customers_found import accounts_called, accounts_lately
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.models import AccessGrant, User
from makegood.parties.operations import create_customer
from makegood.parties.selectors import principal_of
from makegood.parties.states import Dimension
from tests.billed import Billed, billed
from tests.world import World, standing_world

SAID = "The customer says nobody ordered it."


@pytest.fixture
def telecom(db: None) -> World:
    return standing_world("telecom_billing")


@pytest.fixture
def made(telecom: World) -> Billed:
    return billed(telecom)


@pytest.fixture
def rep(telecom: World) -> Principal:
    return telecom.person("csr", "rep")


def limited_to(world: World, customer_id: int) -> Principal:
    """A representative who sees one customer and the accounts below it."""
    person = world.person("csr", f"limited-{customer_id}")
    AccessGrant.objects.filter(user=person.id).delete()
    AccessGrant.objects.create(user_id=person.id, dimension=Dimension.CUSTOMER_SUBTREE, value=str(customer_id))
    return principal_of(User.objects.get(pk=person.id))


def file(rep: Principal, charge_id: int, reason: str = "UNEXPECTED_CHARGE") -> Dispute:
    """A dispute that a representative filed."""
    (answer,) = operations.submit(rep, items=[SubmitItem(charge_id, reason, SAID)])
    assert answer.ok, answer
    return Dispute.objects.get(pk=answer.id)


def credited(world: World, dispute: Dispute) -> None:
    """Accept it, and let the undo window end."""
    biller = world.person("billing", f"biller-{dispute.pk}")
    (answer,) = operations.decide(biller, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT, note="Right.")])
    assert answer.ok, answer
    with clock.shifted(timedelta(minutes=10)):
        operations.commit_due()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("B1", "account number B1"),
        ("#b1", "account number B1"),
        ("acme plumbing", "the name"),
        ("plumb acm", "part of the name"),
        ("202.555.0142", "service +1 (202) 555-0142"),
        ("+1 202 555 0142", "service +1 (202) 555-0142"),
        ("ckt 88a", "service CKT-88/A"),
        ("1984953", "bill 1984953"),
    ],
)
def test_a_customer_is_found_by_whatever_the_caller_says(made: Billed, rep: Principal, text: str, why: str) -> None:
    found = accounts_called(rep, text)
    assert found.only == made.world.customer.pk
    assert why in [reason.words for row in found.rows for reason in row.reasons]


def test_by_dispute_number_and_by_who_called(made: Billed, rep: Principal) -> None:
    dispute = file(rep, made.lines[made.latest.number][0].pk)
    made.usage(clock.now(), Subkind.CALL, 0, caller_e164="+13105550111")
    for text in (dispute.label, dispute.label.replace("D-", "d "), "(310) 555-0111"):
        found = accounts_called(rep, text)
        assert found.only == made.world.customer.pk, text
        assert found.rows[0].bills == 3
        assert found.rows[0].open_disputes == 1
    assert [row.id for row in accounts_lately(rep)] == [made.world.customer.pk]


def test_several_are_listed_and_none_is_chosen(made: Billed, rep: Principal) -> None:
    found = accounts_called(rep, "ro")
    assert [row.name for row in found.rows] == ["Bolt Roofing"]
    both = accounts_called(rep, "b")
    assert (both.only, both.rows) == (None, ())
    create_customer(SYSTEM, number="B10", name="Acme Plumbing West", currency="USD", zone="UTC")
    assert accounts_called(rep, "B1").only == made.world.customer.pk
    several = accounts_called(rep, "acme")
    assert several.only is None
    assert [row.number for row in several.rows] == ["B1", "B10"]
    assert accounts_called(rep, "Acme Plumbing").only == made.world.customer.pk
    assert accounts_called(rep, "nobody at all").rows == ()


def test_numbers_of_callers_are_masked_without_the_permission(made: Billed, telecom: World) -> None:
    made.usage(clock.now(), Subkind.CALL, 0, caller_e164="+13105550111")
    admin = telecom.person("csr", "masked")
    blind = principal_of(User.objects.get(pk=admin.id))
    seen = type(blind)(**{**vars(blind), "verbs": frozenset(blind.verbs) - {"phone.view"}})
    (row,) = accounts_called(seen, "310-555-0111").rows
    assert row.reasons[0].words == "+1 *** *** 0111 called once, last"


@pytest.mark.parametrize("text", ["B1", "acme", "2025550142", "1984953", "D-{number}", "+13105550111"])
def test_out_of_scope_reads_like_absent(made: Billed, rep: Principal, text: str) -> None:
    dispute = file(rep, made.lines[made.latest.number][0].pk)
    made.usage(clock.now(), Subkind.CALL, 0, caller_e164="+13105550111")
    stranger = limited_to(made.world, made.world.other_customer.pk)
    found = accounts_called(stranger, text.format(number=dispute.number))
    assert (found.rows, found.only) == ((), None)
    customer = made.world.customer.pk
    with pytest.raises(NotFound):
        account(stranger, customer)
    with pytest.raises(NotFound):
        account_bill(stranger, customer, made.latest.number, clock.now().date())
    assert balances(stranger, customer) == []
    assert account_bills(stranger, customer, clock.now().date()).rows == ()
    assert account_disputes(stranger, customer, "", "").page.rows == ()


def test_vendors_and_quality_assurance_do_not_search_accounts(telecom: World) -> None:
    for role, party in (("vendor", {"vendor_number": "V1"}), ("qa", {})):
        with pytest.raises(NotPermitted):
            accounts_called(telecom.person(role, f"p-{role}", **party), "B1")


def test_above_and_below(made: Billed, rep: Principal) -> None:
    above = made.world.customer
    below = create_customer(SYSTEM, number="B1-W", name="Acme West", currency="USD", zone="UTC", parent=above)
    assert [one.id for one in account(rep, below.pk).parents] == [above.pk]
    assert [one.id for one in account(rep, above.pk).below] == [below.pk]
    assert account(limited_to(made.world, below.pk), below.pk).parents == ()


def test_the_balance_is_bills_less_payments_less_credits_to_the_micro(made: Billed, rep: Principal) -> None:
    total = sum(bill.total_micros or 0 for bill in made.bills)
    (one,) = balances(rep, made.world.customer.pk)
    assert (one.bills, one.billed, one.left) == (3, Money(total, "USD"), Money(total, "USD"))
    assert "No payment was imported" in one.unknown[0]
    made.pay(made.bills[0].total_micros or 0, made.bills[0])
    made.pay(1_000_001)
    paid = (made.bills[0].total_micros or 0) + 1_000_001
    line = made.lines[made.latest.number][1]
    credited(made.world, file(rep, line.pk))
    (one,) = balances(rep, made.world.customer.pk)
    back = line.billed_micros + line.tax_micros
    assert one.credited == Money(-back, "USD")
    assert one.left == Money(total - paid - back, "USD")
    assert any("counts twice" in said for said in one.unknown)
    (ledger,) = ledgers(rep, made.world.customer.pk)
    assert ledger.entries[0].running == one.left
    assert sum((entry.amount for entry in ledger.entries), ledger.opening) == one.left
    assert [entry.kind for entry in ledger.entries].count("credit") == 1


def test_bills_that_their_source_calls_paid_are_said_and_not_guessed(made: Billed, rep: Principal) -> None:
    customer, first = made.world.customer.pk, made.bills[0]
    Invoice.objects.filter(pk=first.pk).update(status=InvoiceStatus.PAID)
    (one,) = balances(rep, customer)
    assert one.called_paid == Money(first.total_micros or 0, "USD")
    (ledger,) = ledgers(rep, customer)
    assert (ledger.entries[0].running, ledger.opening) == (one.left, Money(0, "USD"))
    made.pay(5_000_000)
    (one,) = balances(rep, customer)
    assert not one.called_paid
    assert "1 bill is called paid by the source" in one.unknown[0]
    Invoice.objects.filter(pk=first.pk).update(status=InvoiceStatus.WRITTEN_OFF)
    assert balances(rep, customer)[0].bills == 2
    Invoice.objects.filter(pk=first.pk).update(status=InvoiceStatus.DRAFT)
    assert first.number not in [row.bill.number for row in issued_bills(rep, customer)]


def test_a_bill_without_a_total_counts_with_its_lines(made: Billed, rep: Principal) -> None:
    latest, stated = made.latest, made.latest.total_micros or 0
    Invoice.objects.filter(pk=latest.pk).update(total_micros=None)
    newest = issued_bills(rep, made.world.customer.pk)[0]
    assert (newest.total, newest.is_stated) == (Money(stated, "USD"), False)
    (one,) = balances(rep, made.world.customer.pk)
    assert one.billed == Money(sum(bill.total_micros or 0 for bill in made.bills), "USD")
    assert any("without a total" in said for said in one.unknown)


def test_bills_with_change_payment_and_what_is_in_dispute(made: Billed, rep: Principal) -> None:
    made.pay(made.bills[1].total_micros or 0, made.bills[1])
    made.pay(1_000_000, made.bills[0])
    line = made.lines[made.latest.number][1]
    dispute = file(rep, line.pk)
    today = clock.now().date()
    found = account_bills(rep, made.world.customer.pk, today)
    newest, second, third = found.rows
    assert newest.issued.change == Money((made.latest.total_micros or 0) - (made.bills[1].total_micros or 0), "USD")
    assert (second.issued.change, third.issued.change) == (Money(0, "USD"), None)
    assert second.issued.is_paid
    assert third.issued.left == Money((made.bills[0].total_micros or 0) - 1_000_000, "USD")
    assert third.is_overdue
    assert newest.disputed is not None
    assert (newest.disputed.count, newest.disputed.asked) == (1, Money(line.billed_micros, "USD"))
    assert (second.disputed, third.disputed) == (None, None)
    assert found.open_period is not None
    seen = account_bill(rep, made.world.customer.pk, made.latest.number, today)
    marks = {row.line.label: row.charge.dispute for group in seen.groups for row in group.lines if row.charge}
    mark = marks["Premium Voice"]
    assert mark is not None
    assert (mark.number, mark.word.label) == (dispute.label, "Open")
    assert marks["Fiber 500"] is None
    assert {row.line.label: row.can_pick for group in seen.groups for row in group.lines} == {
        "Fiber 500": True, "Premium Voice": False, "Data over 20 GB": True, "Promotion": False,
    }  # fmt: skip
    assert seen.lines_total == seen.issued.total
    assert [row.number for row in seen.disputes] == [dispute.label]
    assert {(one.subkind, one.used.count) for one in seen.usage} == {(Subkind.CALL, 3), (Subkind.DATA, 2)}


def test_a_bill_of_another_customer_is_not_found(made: Billed, rep: Principal) -> None:
    with pytest.raises(NotFound):
        account_bill(rep, made.world.other_customer.pk, made.latest.number, clock.now().date())
