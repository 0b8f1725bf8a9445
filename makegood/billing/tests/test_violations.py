"""What billing forbids, tried one by one: each test breaks one law and reads its name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from makegood.billing.models import BillPeriod, Campaign, Charge, Invoice, InvoiceCredit, Payment, Service
from makegood.billing.states import ChargeKind
from makegood.kernel import clock
from tests.refusals import refused_by, run
from tests.world import ChargeMaker, World


def period(world: World, number: int, starts_on: date, ends_on: date) -> BillPeriod:
    return BillPeriod.objects.create(customer=world.customer, number=number, starts_on=starts_on, ends_on=ends_on)


@pytest.fixture
def invoice(world: World) -> Invoice:
    return Invoice.objects.create(
        number=1,
        customer=world.customer,
        bill_period=period(world, 1, date(2026, 1, 1), date(2026, 2, 1)),
        currency="USD",
        issued_at=clock.now(),
        due_on=date(2026, 3, 1),
        total_micros=45_000_000,
    )


FEATURE = {"kind": ChargeKind.INVOICE_FEATURE, "usage_id": None, "feature_id": 5}


@pytest.mark.parametrize(
    "link",
    [
        {"usage_id": None},
        {"feature_id": 5},
        {**FEATURE},
        {**FEATURE, "invoice": True, "feature_id": None},
        {**FEATURE, "invoice": True, "usage_id": 9},
        {**FEATURE, "invoice": True, "usage_batch_id": 9},
        {"kind": "gift"},
    ],
)
def test_charge_that_is_not_exactly_one_of_feature_or_usage(
    make_charge: ChargeMaker, invoice: Invoice, link: dict[str, Any]
) -> None:
    facts = {**link, "invoice": invoice if "invoice" in link else None}
    with refused_by("charge_one_link"):
        make_charge(**facts)


@pytest.mark.parametrize("until", [date(2026, 1, 1), date(2025, 12, 31)])
def test_charge_that_covers_no_day(make_charge: ChargeMaker, until: date) -> None:
    with refused_by("charge_covers_some_days"):
        make_charge(covers_from=date(2026, 1, 1), covers_until=until)


@pytest.mark.parametrize(
    "days", [(None, date(2026, 1, 1)), (date(2026, 1, 1), None), (date(2026, 1, 1), date(2026, 1, 2))]
)
def test_charge_that_covers_days_passes(make_charge: ChargeMaker, days: tuple[date | None, date | None]) -> None:
    charge = make_charge(covers_from=days[0], covers_until=days[1])
    assert (charge.covers_from, charge.covers_until) == days


def payment(world: World, **facts: Any) -> Payment:
    whole = {"currency": "USD", "micros": 1_000_000, "external_source": "bank", "external_id": "1", **facts}
    return Payment.objects.create(customer=world.customer, paid_at=clock.now(), **whole)


@pytest.mark.parametrize("micros", [0, -1])
def test_payment_that_is_none(world: World, micros: int) -> None:
    with refused_by("payment_above_zero"):
        payment(world, micros=micros)


def test_same_payment_of_a_source_twice(world: World) -> None:
    payment(world)
    assert payment(world, external_source="card").pk
    with refused_by("payment_once_per_source"):
        payment(world, micros=2_000_000)


def test_charge_of_an_invoice_feature_passes(make_charge: ChargeMaker, invoice: Invoice) -> None:
    assert make_charge(**FEATURE, invoice=invoice).pk


def test_same_source_row_twice(make_charge: ChargeMaker) -> None:
    make_charge(external_source="feed", external_id="1")
    with refused_by("charge_once_per_source"):
        make_charge(external_source="feed", external_id="1")


@pytest.mark.parametrize("column", ["billed_micros", "tax_micros", "payout_micros"])
def test_charge_below_zero(make_charge: ChargeMaker, column: str) -> None:
    with refused_by("charge_amounts_not_negative"):
        make_charge(**{column: -1})


@pytest.mark.parametrize(
    ("column", "constraint"),
    [
        ("program_id", "charge_program_fk"),
        ("customer_id", "charge_customer_fk"),
        ("vendor_id", "charge_vendor_fk"),
        ("category_id", "charge_category_fk"),
        ("campaign_id", "charge_campaign_fk"),
        ("service_id", "charge_service_fk"),
        ("invoice_id", "charge_invoice_fk"),
        ("tz_id", "charge_zone_fk"),
    ],
)
def test_charge_of_a_party_that_does_not_exist(make_charge: ChargeMaker, column: str, constraint: str) -> None:
    make_charge(billed_at=None)
    with refused_by(constraint):
        run(f"UPDATE billing_charge SET {column} = 999999")  # noqa: S608


@pytest.mark.parametrize(
    "columns",
    [
        {"billed_micros": 1},
        {"tax_micros": 1},
        {"payout_micros": 1},
        {"payout_currency": "EUR"},
        {"billed_at": None},
        {"disposition": "voicemail"},
        {"duration_s": None},
        {"raw": {"price": "1"}},
    ],
)
def test_billed_charge_is_frozen(make_charge: ChargeMaker, columns: dict[str, Any]) -> None:
    charge = make_charge()
    with refused_by("charge_frozen"):
        Charge.objects.filter(pk=charge.pk).update(**columns)


def test_billed_charge_is_not_removed(make_charge: ChargeMaker) -> None:
    charge = make_charge()
    with refused_by("charge_frozen"):
        Charge.objects.filter(pk=charge.pk).delete()


@pytest.mark.parametrize(
    ("column", "first", "other"),
    [
        ("recording_ms", 31_000, 31_001),
        ("speech_s", Decimal("12.5"), Decimal("12.6")),
        ("ring_only", False, True),
        ("transcript_key", "t/1", "t/2"),
        ("recording_url", "https://r.example/1", "https://r.example/2"),
    ],
)
def test_what_is_learned_later_is_filled_once(make_charge: ChargeMaker, column: str, first: Any, other: Any) -> None:
    charge = Charge.objects.filter(pk=make_charge().pk)
    charge.update(**{column: first})
    assert charge.values_list(column, flat=True).get() == first
    charge.update(**{column: first})
    for value in (other, None):
        with refused_by("charge_frozen"):
            charge.update(**{column: value})


def test_unbilled_charge_may_change_and_go(make_charge: ChargeMaker) -> None:
    charge = make_charge(billed_at=None)
    Charge.objects.filter(pk=charge.pk).update(billed_micros=1)
    charge.refresh_from_db()
    assert charge.billed_micros == 1
    charge.delete()
    assert not Charge.objects.exists()


def test_bill_periods_that_overlap(world: World) -> None:
    period(world, 1, date(2026, 1, 1), date(2026, 2, 1))
    with refused_by("bill_periods_do_not_overlap"):
        period(world, 2, date(2026, 1, 31), date(2026, 3, 1))


def test_bill_periods_that_touch_and_those_of_another_customer_pass(world: World) -> None:
    first = period(world, 1, date(2026, 1, 1), date(2026, 2, 1))
    period(world, 2, first.ends_on, date(2026, 3, 1))
    BillPeriod.objects.create(customer=world.other_customer, number=1, starts_on=first.starts_on, ends_on=first.ends_on)
    assert BillPeriod.objects.count() == 3


@pytest.mark.parametrize("ends_on", [date(2026, 1, 1), date(2025, 12, 31)])
def test_bill_period_that_ends_before_it_began(world: World, ends_on: date) -> None:
    with refused_by("bill_period_ends_later"):
        period(world, 1, date(2026, 1, 1), ends_on)


def test_two_bill_periods_of_one_number(world: World) -> None:
    period(world, 1, date(2026, 1, 1), date(2026, 2, 1))
    with refused_by("bill_period_once"):
        period(world, 1, date(2026, 5, 1), date(2026, 6, 1))


def test_two_campaigns_of_one_number(world: World) -> None:
    Campaign.objects.create(program=world.program, number="C1", name="Roofs")
    with refused_by("campaign_once"):
        Campaign.objects.create(program=world.program, number="C1", name="Gutters")


def test_two_services_of_one_number(world: World) -> None:
    Service.objects.create(customer=world.customer, number="+12125550100")
    with refused_by("service_once"):
        Service.objects.create(customer=world.customer, number="+12125550100")


def test_a_charge_that_is_corrected_twice(make_charge: ChargeMaker) -> None:
    old = make_charge()
    new = make_charge(corrects_id=old.pk)
    make_charge(corrects_id=new.pk)
    with refused_by("charge_corrected_once"):
        make_charge(corrects_id=old.pk)


def credit(invoice: Invoice, **facts: Any) -> InvoiceCredit:
    serial = InvoiceCredit.objects.count()
    given = {"feature_id": serial, "external_source": "bill", "external_id": f"{serial}", "amount_micros": 1}
    return InvoiceCredit.objects.create(invoice=invoice, **{**given, **facts})


def test_one_feature_of_an_invoice_charged_twice(make_charge: ChargeMaker, invoice: Invoice) -> None:
    first = make_charge(**FEATURE, invoice=invoice)
    with refused_by("one_charge_per_feature"):
        make_charge(**FEATURE, invoice=invoice)
    assert make_charge(**FEATURE, invoice=invoice, corrects_id=first.pk).pk
    assert make_charge(**{**FEATURE, "feature_id": 6}, invoice=invoice).pk


def test_usage_of_one_invoice_is_as_much_as_there_was(make_charge: ChargeMaker, invoice: Invoice) -> None:
    make_charge(invoice=invoice)
    assert make_charge(invoice=invoice).pk


def test_two_credits_of_one_feature(invoice: Invoice) -> None:
    credit(invoice, feature_id=7)
    with refused_by("one_credit_per_feature"):
        credit(invoice, feature_id=7)


def test_one_credit_of_a_source_twice(invoice: Invoice) -> None:
    credit(invoice, external_id="a")
    with refused_by("invoice_credit_once_per_source"):
        credit(invoice, external_id="a")


@pytest.mark.parametrize("column", ["amount_micros", "tax_micros"])
def test_credit_below_zero(invoice: Invoice, column: str) -> None:
    with refused_by("invoice_credit_not_negative"):
        credit(invoice, **{column: -1})
