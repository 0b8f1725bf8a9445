"""Invoices and their periods, made or found by number in one statement."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from makegood.billing.models import BillPeriod, Invoice
from makegood.kernel import clock, sql
from tests.refusals import run
from tests.world import World

STATEMENT = """
WITH to_invoice AS (
  SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (number bigint, customer_id bigint, period_number bigint,
    starts_on date, ends_on date, currency text, issued_at timestamptz, due_on date, total_micros bigint,
    usage_alias text)
),
"""


def upsert(*rows: dict[str, Any]) -> dict[int, int]:
    """Run the published part over these rows; invoice ids by number."""
    statement = " ".join((STATEMENT, sql.load("billing.upsert_invoices"), "SELECT number, id FROM invoiced"))
    return dict(run(statement, rows=json.dumps(rows, default=str)))


def bill(world: World, number: int, starts_on: date, ends_on: date, **facts: Any) -> dict[str, Any]:
    return {
        "number": number,
        "customer_id": world.customer.pk,
        "period_number": None,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "currency": "USD",
        "issued_at": clock.now(),
        "due_on": None,
        "total_micros": None,
        "usage_alias": "",
        **facts,
    }


MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def periods() -> list[tuple[int, date, date]]:
    return list(BillPeriod.objects.order_by("starts_on").values_list("number", "starts_on", "ends_on"))


def test_invoices_come_with_their_periods(world: World) -> None:
    ids = upsert(bill(world, 1, MAY, JUNE), bill(world, 2, JUNE, JULY, total_micros=-5, due_on=JULY))
    assert set(ids) == {1, 2}
    assert periods() == [(20260501, MAY, JUNE), (20260601, JUNE, JULY)]
    second = Invoice.objects.get(number=2)
    assert (second.pk, second.total_micros, second.due_on, second.status) == (ids[2], -5, JULY, "issued")
    assert second.bill_period.number == 20260601


def test_what_is_there_is_found_and_not_changed(world: World) -> None:
    first = upsert(bill(world, 1, MAY, JUNE, total_micros=10, usage_alias="u1", due_on=JULY))
    before = list(Invoice.objects.values())
    again = upsert(bill(world, 1, JUNE, JULY, total_micros=99, usage_alias="u2", due_on=JUNE, period_number=3))
    assert again == first
    assert list(Invoice.objects.values()) == before
    assert periods() == [(20260501, MAY, JUNE)]


def test_what_was_not_known_is_filled_once(world: World) -> None:
    upsert(bill(world, 1, MAY, JUNE))
    upsert(bill(world, 1, MAY, JUNE, total_micros=10, usage_alias="u1"))
    upsert(bill(world, 1, MAY, JUNE, total_micros=20, usage_alias="u2", due_on=JULY))
    invoice = Invoice.objects.get()
    assert (invoice.total_micros, invoice.usage_alias, invoice.due_on) == (10, "u1", JULY)


def test_who_tells_the_total_tells_when_it_was_issued(world: World) -> None:
    upsert(bill(world, 1, MAY, JUNE, issued_at="2026-05-20T00:00:00Z"))
    upsert(bill(world, 1, MAY, JUNE, issued_at="2026-05-21T00:00:00Z"))
    assert Invoice.objects.get().issued_at.day == 20
    upsert(bill(world, 1, MAY, JUNE, issued_at="2026-06-01T00:00:00Z", total_micros=10))
    upsert(bill(world, 1, MAY, JUNE, issued_at="2026-07-01T00:00:00Z", total_micros=10))
    assert Invoice.objects.get().issued_at.isoformat() == "2026-06-01T00:00:00+00:00"


def test_a_period_is_found_by_its_number_or_by_its_days(world: World) -> None:
    upsert(bill(world, 1, MAY, JUNE, period_number=7))
    upsert(bill(world, 2, JULY, date(2026, 8, 1), period_number=7))
    upsert(bill(world, 3, date(2026, 5, 20), date(2026, 6, 20)))
    assert periods() == [(7, MAY, JUNE)]
    assert set(Invoice.objects.values_list("bill_period__number", flat=True)) == {7}


def test_new_bills_that_share_days_share_a_period(world: World) -> None:
    interim = bill(world, 1, date(2026, 5, 10), date(2026, 5, 20))
    other = bill(world, 4, MAY, JUNE, customer_id=world.other_customer.pk)
    upsert(interim, bill(world, 2, MAY, JUNE), bill(world, 3, JUNE, JULY), other)
    of_customer = BillPeriod.objects.filter(customer=world.customer).order_by("starts_on")
    assert list(of_customer.values_list("starts_on", "ends_on")) == [(MAY, JUNE), (JUNE, JULY)]
    assert BillPeriod.objects.filter(customer=world.other_customer).count() == 1
    assert list(Invoice.objects.order_by("number").values_list("bill_period__starts_on", flat=True)) == [
        MAY,
        MAY,
        JUNE,
        MAY,
    ]


def test_one_number_twice_is_one_invoice(world: World) -> None:
    assert len(upsert(bill(world, 1, MAY, JUNE), bill(world, 1, MAY, JUNE))) == 1


def test_one_period_number_over_days_apart_is_one_period(world: World) -> None:
    apart = bill(world, 2, JULY, date(2026, 8, 1), period_number=7)
    assert len(upsert(bill(world, 1, MAY, JUNE, period_number=7), apart)) == 2
    assert periods() == [(7, MAY, JUNE)]
