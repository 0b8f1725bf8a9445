"""Closing statements: one per account, rounded once, nothing twice and nothing lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from makegood.billing.models import BillPeriod
from makegood.disputes import errors, operations
from makegood.disputes.entries import FeeItem, ReverseItem
from makegood.disputes.models import StatementCredit, StatementCreditLine
from makegood.disputes.selectors.statements import statement_lines, statements
from makegood.disputes.tests.settlement import (
    CUSTOMER,
    VENDOR,
    accepted_now,
    books,
    check_books_hold,
    close,
    credited,
    figures,
    statement,
    tomorrow,
)
from makegood.journal.errors import KeyReused
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.ledger.models import Entry
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.models import Customer, Zone
from makegood.parties.operations import create_customer
from tests.refusals import refused, refused_by, unchanged
from tests.world import DisputeMaker, World

SUB_CENT = 4_400


def test_a_thousand_calls_of_less_than_half_a_cent_give_four_forty(world: World) -> None:
    credited(world, *[SUB_CENT] * 1_000)
    key = f"AR:{world.customer.pk}"
    (answer,) = close("B1")
    assert figures(answer) == [(key, 1_000, -4_400_000, 0, -4_400_000, 0)]
    assert statement().entry_id is None
    assert books() == {key: -4_400_000}
    assert not Entry.objects.filter(kind="settlement").exists()
    check_books_hold()


def test_a_remainder_is_booked_and_carried_to_the_next_statement(world: World) -> None:
    key = f"AR:{world.customer.pk}"
    credited(world, SUB_CENT)
    assert figures(close("B1")[0]) == [(key, 1, -4_400, 0, 0, -4_400)]
    assert books() == {"ROUNDING": -4_400}
    credited(world, SUB_CENT)
    assert figures(close("B1")[0]) == [(key, 1, -4_400, -4_400, -10_000, 1_200)]
    assert books() == {key: -10_000, "ROUNDING": 1_200}
    first, second = StatementCredit.objects.order_by("number")
    assert (first.sequence, second.sequence, second.previous_id) == (1, 2, first.pk)
    assert Entry.objects.get(pk=second.entry_id).origin == f"statement:{second.number}"
    check_books_hold()


def test_a_statement_is_told_in_the_journal(world: World) -> None:
    credited(world, 45_000_000)
    with clock.shifted(timedelta(0)):
        close("B1")
    event = JournalEvent.objects.get(event="statement.closed")
    row = statement()
    assert (event.object_kind, event.object_id, event.customer_id) == ("statement", row.pk, world.customer.pk)
    assert event.changes == {
        "number": str(row),
        "account": f"AR:{world.customer.pk}",
        "currency": "USD",
        "up_to": row.up_to.isoformat(),
        "sum_micros": -45_000_000,
        "carried_micros": 0,
        "settled_micros": -45_000_000,
        "remainder_micros": 0,
    }


@pytest.mark.parametrize(
    ("currency", "micros", "settled"),
    [("JPY", 1_500_000, -2_000_000), ("KWD", 1_500, -2_000), ("USD", 15_000, -20_000)],
)
def test_each_currency_has_its_own_coin(world: World, currency: str, micros: int, settled: int) -> None:
    customer = create_customer(SYSTEM, number="X", name="X", currency=currency, zone="UTC")
    credited(world, micros, customer=customer, currency=currency)
    (answer,) = close("X")
    assert figures(answer) == [(f"AR:{customer.pk}", 1, -micros, 0, settled, -micros - settled)]
    check_books_hold()


def test_closing_again_closes_nothing(world: World) -> None:
    credited(world, SUB_CENT)
    close()
    with unchanged():
        assert close() == []
        (answer,) = close("B1")
    assert answer.data["statements"] == []


def test_the_same_key_gets_the_same_answer(world: World) -> None:
    credited(world, SUB_CENT)
    first = close(key="november")
    credited(world, SUB_CENT)
    with unchanged():
        assert close(key="november") == first
        with pytest.raises(KeyReused):
            close("B1", key="november")
    assert len(close()) == 1


def test_tax_a_reversal_and_its_fee_come_with_the_statements(world: World, manager: Principal) -> None:
    key = f"AR:{world.customer.pk}"
    world.program.settings |= {"auto_close": False, "reversal_fee": {"default": 5, "max": 25}, "fee_tax_rate": "0.08"}
    world.program.save(update_fields=["settings"])
    (dispute,) = credited(world, 45_000_000, tax_micros=3_600_000, tax_jurisdiction="US-FL")
    assert figures(close("B1")[0]) == [(key, 1, -48_600_000, 0, -48_600_000, 0)]
    (taken_back,) = operations.reverse(manager, items=[ReverseItem(dispute.pk, note="It was a customer after all")])
    assert taken_back.ok, taken_back
    assert figures(close("B1")[0]) == [(key, 1, 48_600_000, 0, 48_600_000, 0)]
    assert books() == {}
    (fee,) = operations.apply_fee(manager, items=[FeeItem(dispute.pk, 5_000_000)])
    assert fee.ok, fee
    assert figures(close("B1")[0]) == [(key, 1, 5_400_000, 0, 5_400_000, 0)]
    numbers = [row.number for row in StatementCredit.objects.all()]
    kinds = [line.kind for line in statement_lines(SYSTEM, numbers=numbers)]
    assert kinds == ["credit", "reversal", "reversal_fee"]
    check_books_hold()


def test_a_credit_and_its_reversal_on_one_statement_cancel(world: World, manager: Principal) -> None:
    world.program.settings |= {"auto_close": False}
    world.program.save(update_fields=["settings"])
    (dispute,) = credited(world, 45_000_000)
    operations.reverse(manager, items=[ReverseItem(dispute.pk, note="It was a customer after all")])
    assert figures(close("B1")[0]) == [(f"AR:{world.customer.pk}", 2, 0, 0, 0, 0)]
    with unchanged():
        assert close() == []


def test_claw_backs_are_settled_with_the_vendor_apart(world: World) -> None:
    credited(world, 45_000_000, payout_micros=13_333_333)
    (customers,) = close()
    (vendors,) = close(party=VENDOR)
    assert figures(customers) == [(f"AR:{world.customer.pk}", 1, -45_000_000, 0, -45_000_000, 0)]
    assert (vendors.id, vendors.data["number"]) == (world.vendor.pk, "V1")
    assert figures(vendors) == [(f"AP:{world.vendor.pk}", 1, -13_333_333, 0, -13_330_000, -3_333)]
    assert books() == {
        f"AR:{world.customer.pk}": -45_000_000,
        f"AP:{world.vendor.pk}": 13_330_000,
        "ROUNDING": 3_333,
    }
    assert StatementCreditLine.objects.values("adjustment_id").distinct().count() == 1
    check_books_hold()


def test_a_prepaid_balance_has_statements_of_its_own(world: World) -> None:
    credited(world, SUB_CENT)
    world.customer.billing_mode = "prepaid"
    world.customer.save(update_fields=["billing_mode"])
    credited(world, 45_000_000)
    (answer,) = close("B1")
    assert figures(answer) == [
        (f"AR:{world.customer.pk}", 1, -4_400, 0, 0, -4_400),
        (f"WALLET:{world.customer.pk}", 1, -45_000_000, 0, -45_000_000, 0),
    ]
    check_books_hold()


def test_a_day_ends_where_the_customer_is(world: World) -> None:
    """Midnight in New York, to the microsecond; in Kolkata the day was over long before."""
    midnight = datetime(2026, 11, 19, 5, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    for at in (midnight - tick, midnight):
        with clock.frozen(at):
            credited(world, 1_000_000)
            credited(world, 3_000_000, customer=world.other_customer)
    with clock.frozen(midnight + timedelta(days=1)):
        first = close("B1", "B2", up_to=date(2026, 11, 18))
        then = close("B1", "B2", up_to=date(2026, 11, 19))
    assert [[row[2] for row in figures(answer)] for answer in first] == [[-1_000_000], []]
    assert [[row[2] for row in figures(answer)] for answer in then] == [[-1_000_000], [-6_000_000]]


def test_one_party_or_one_currency_alone(world: World) -> None:
    credited(world, 45_000_000)
    credited(world, 45_000_000, customer=world.other_customer)
    assert [answer.data["number"] for answer in close("B2")] == ["B2"]
    with unchanged():
        assert close(currency="EUR") == []
    assert [answer.data["number"] for answer in close(currency="USD")] == ["B1"]


def test_the_bill_period_that_holds_the_day_is_named(world: World) -> None:
    Customer.objects.update(zone=Zone.objects.get_or_create(name="UTC")[0])  # where today is today
    today = clock.now().date()
    period = BillPeriod.objects.create(customer=world.customer, number=11, starts_on=today, ends_on=tomorrow())
    credited(world, 45_000_000)
    credited(world, 45_000_000, customer=world.other_customer)
    close()
    assert dict(StatementCredit.objects.values_list("customer_id", "bill_period_id")) == {
        world.customer.pk: period.pk,
        world.other_customer.pk: None,
    }


def test_a_day_that_has_not_come_is_refused(world: World) -> None:
    credited(world, 45_000_000)
    with unchanged(), pytest.raises(errors.StatementTooEarly) as caught:
        close(up_to=tomorrow())
    assert caught.value.message == f"A statement closes days that have come; {tomorrow()} has not."


def test_a_party_out_of_scope_does_not_exist(world: World, manager: Principal, other_buyer: Principal) -> None:
    credited(world, 45_000_000)
    bound = Principal(**{**vars(manager), "scope": other_buyer.scope})
    today = clock.now().date()
    with unchanged():
        (answer,) = operations.settle_statements(bound, party=CUSTOMER, up_to=today, numbers=["B1"])
        refused(answer, "NOT_FOUND", "Not found, or not yours.")
        assert operations.settle_statements(bound, party=CUSTOMER, up_to=today) == []
    close("B1")
    assert statements(bound) == []
    assert len(statements(manager)) == 1
    assert list(statement_lines(bound, numbers=[statement().number])) == []
    (mark,) = operations.mark_statements(bound, numbers=[statement().number], external_ref="X")
    refused(mark, "NOT_FOUND", "Not found, or not yours.")


def test_who_may_not_close_closes_nothing(world: World, buyer: Principal) -> None:
    credited(world, 45_000_000)
    with unchanged(), pytest.raises(NotPermitted):
        operations.settle_statements(buyer, party=CUSTOMER, up_to=clock.now().date())
    with unchanged(), pytest.raises(NotPermitted):
        operations.mark_statements(buyer, numbers=[1], external_ref="X")
    with pytest.raises(NotPermitted):
        statements(buyer)


def test_a_bad_number_stands_alone(world: World) -> None:
    credited(world, 45_000_000)
    answers = close("nobody", "B1", "B2")
    assert [(answer.ordinal, answer.ok, answer.code) for answer in answers] == [
        (0, False, "NOT_FOUND"),
        (1, True, ""),
        (2, True, ""),
    ]
    assert [len(answer.data["statements"]) for answer in answers[1:]] == [1, 0]


def test_a_statement_is_marked_with_its_number_in_the_books(world: World, manager: Principal) -> None:
    credited(world, 45_000_000)
    close("B1")
    number = statement().number
    (answer, unknown) = operations.mark_statements(manager, numbers=[number, 4_711], external_ref="CM-77")
    assert (answer.ok, answer.data) == (True, {"number": f"S-{number}", "external_ref": "CM-77"})
    refused(unknown, "NOT_FOUND", "Not found, or not yours.")
    with unchanged():
        operations.mark_statements(manager, numbers=[number], external_ref="CM-77")
    operations.mark_statements(manager, numbers=[number], external_ref="CM-78")
    marks = [event.changes for event in JournalEvent.objects.filter(event="statement.marked").order_by("id")]
    assert [(mark["before"], mark["after"]) for mark in marks] == [("", "CM-77"), ("CM-77", "CM-78")]
    (row,) = statements(manager)
    assert row.external_ref == "CM-78"


def test_what_is_read_of_a_statement_is_what_is_on_it(
    world: World, make_dispute: DisputeMaker, manager: Principal
) -> None:
    dispute = make_dispute(tax_micros=3_600_000)
    accepted_now(manager, [dispute.pk])
    close("B1")
    (row,) = statements(manager)
    assert row.as_json() == {
        "number": str(statement()),
        "party": "customer",
        "party_number": "B1",
        "party_name": "Acme Plumbing",
        "account": f"AR:{world.customer.pk}",
        "currency": "USD",
        "up_to": clock.now().date().isoformat(),
        "bill_period": None,
        "lines": 1,
        "at": row.at.isoformat(),
        "external_ref": "",
        "sum": "-48.60",
        "carried": "0.00",
        "settled": "-48.60",
        "remainder": "0.00",
    }
    (line,) = statement_lines(manager, numbers=[statement().number])
    assert line.as_json() == {
        "statement": str(statement()),
        "dispute": dispute.label,
        "kind": "credit",
        "at": line.at.isoformat(),
        "external_source": "test",
        "external_id": dispute.charge.external_id,
        "invoice_number": None,
        "currency": "USD",
        "net": "-45.00",
        "tax": "-3.60",
        "amount": "-48.60",
    }


def test_the_second_statement_of_an_account_is_marked_like_the_first(world: World) -> None:
    credited(world, 4_400)
    close("B1")
    credited(world, 4_400)
    close("B1")
    numbers = list(StatementCredit.objects.order_by("sequence").values_list("number", flat=True))
    answers = operations.mark_statements(SYSTEM, numbers=numbers, external_ref="CM-77")
    assert [answer.ok for answer in answers] == [True, True]
    assert list(StatementCredit.objects.values_list("external_ref", flat=True)) == ["CM-77", "CM-77"]
    with refused_by("statement_stays"):
        StatementCredit.objects.filter(sequence=2).update(sequence=3)
