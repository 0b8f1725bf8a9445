"""Who sees which invoices, and what an invoice's lines make together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from makegood.billing.models import BillPeriod, Invoice, InvoiceCredit
from makegood.billing.selectors import bill_numbered, bills_of, invoices_visible_to
from makegood.billing.states import ChargeKind
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import AccessGrant, User
from makegood.parties.selectors import principal_of
from tests.world import World


def invoice(world: World, number: int, month: int = 5, **facts: Any) -> Invoice:
    """An invoice of a month of 2026, to customer B1."""
    customer = facts.get("customer", world.customer)
    starts_on, ends_on = date(2026, month, 1), date(2026, month + 1, 1)
    period, _ = BillPeriod.objects.get_or_create(
        customer=customer, number=month, defaults={"starts_on": starts_on, "ends_on": ends_on}
    )
    given = {
        "customer": customer,
        "bill_period": period,
        "currency": "USD",
        "issued_at": clock.now() - timedelta(days=300 - 30 * month),
        "total_micros": 100_000_000,
    }
    return Invoice.objects.create(number=number, **{**given, **facts})


def feature(world: World, on: Invoice, ident: int, **facts: Any) -> int:
    """A charge on an invoice."""
    link = {"kind": ChargeKind.INVOICE_FEATURE, "usage_id": None, "feature_id": ident, "invoice_number": on.number}
    return world.charge(**link, invoice=on, customer=on.customer, subkind="recurring", **facts).pk


def limited(world: World, **grant: str) -> Principal:
    """A manager who may see this alone."""
    person = world.person("manager", "limited")
    AccessGrant.objects.filter(user=person.id).delete()
    AccessGrant.objects.create(user_id=person.id, **grant)
    return principal_of(User.objects.get(pk=person.id))


def test_an_invoice_with_its_lines(world: World, manager: Principal) -> None:
    on = invoice(world, 1984950)
    second = feature(world, on, 12, billed_micros=30_000_000, tax_micros=2_000_000, feature_label="SIP")
    first = feature(world, on, 7, billed_micros=80_000_000)
    InvoiceCredit.objects.create(
        invoice=on, feature_id=9, label="Promo", amount_micros=10_000_000, tax_micros=1_000_000,
        external_source="bill", external_id="9",
    )  # fmt: skip
    shown = bill_numbered(manager, 1984950)
    assert [(line.charge_id, line.label, line.total.micros) for line in shown.lines] == [
        (first, "", 80_000_000),
        (None, "Promo", -11_000_000),
        (second, "SIP", 32_000_000),
    ]
    assert (shown.lines_total, shown.unexplained) == (Money(101_000_000, "USD"), Money(-1_000_000, "USD"))
    assert (shown.bill.first_day, shown.bill.last_day) == (date(2026, 5, 1), date(2026, 5, 31))


def test_a_corrected_line_counts_once(world: World, manager: Principal) -> None:
    on = invoice(world, 1)
    old = feature(world, on, 7, billed_micros=80_000_000)
    new = feature(world, on, 7, billed_micros=70_000_000, corrects_id=old)
    assert [line.charge_id for line in bill_numbered(manager, 1).lines] == [new]


def test_a_bill_without_total_explains_nothing(world: World, manager: Principal) -> None:
    invoice(world, 1, total_micros=None)
    shown = bill_numbered(manager, 1)
    assert (shown.bill.total, shown.unexplained, shown.lines_total) == (None, None, Money(0, "USD"))


def test_usage_on_an_invoice_is_no_line_of_it(world: World, manager: Principal) -> None:
    world.charge(invoice=invoice(world, 1))
    assert bill_numbered(manager, 1).lines == ()


def test_bills_of_a_customer_newest_first(world: World, manager: Principal, buyer: Principal) -> None:
    for number, month in ((1, 3), (3, 5), (2, 4)):
        invoice(world, number, month)
    invoice(world, 9, customer=world.other_customer)
    for principal in (manager, buyer):
        assert [bill.number for bill in bills_of(principal, world.customer.pk)] == [3, 2, 1]


def test_what_is_out_of_scope_does_not_exist(
    world: World, buyer: Principal, other_buyer: Principal, vendor: Principal, stranger: Principal
) -> None:
    invoice(world, 1)
    assert bill_numbered(buyer, 1).bill.number == 1
    for principal in (other_buyer, vendor, stranger):
        assert bills_of(principal, world.customer.pk) == []
        with pytest.raises(NotFound):
            bill_numbered(principal, 1)
    with pytest.raises(NotFound):
        bill_numbered(buyer, 2)


def test_a_limit_by_program_shows_invoices_with_charges_of_it(world: World) -> None:
    feature(world, invoice(world, 1), 7)
    invoice(world, 2, 6)
    person = limited(world, dimension="program", value=str(world.program.pk))
    assert [found.number for found in invoices_visible_to(person)] == [1]
