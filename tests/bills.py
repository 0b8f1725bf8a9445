"""Bills for tests: a telecom program, and invoices with lines and usage records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from makegood.billing.models import BillPeriod, Charge, Invoice
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes import operations
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Program
from tests.world import World


def telecom(world: World, key: str = "bills") -> Program:
    """A program of the preset that representatives file in."""
    return operations.install_preset(SYSTEM, preset_key="telecom_billing", key=key, name="Bills", currency="USD")


def _month(number: int) -> date:
    """The first day of a month, counted from January 2026 on."""
    years, month = divmod(number, 12)
    return date(2026 + years, month + 1, 1)


def bill(world: World, number: int, **facts: Any) -> Invoice:
    """An issued bill of customer B1, 214.30; each further one is of the month before."""
    customer = facts.pop("customer", world.customer)
    place = BillPeriod.objects.filter(customer=customer).count()
    period = BillPeriod.objects.create(
        customer=customer, number=100 - place, starts_on=_month(9 - place), ends_on=_month(10 - place)
    )
    given = {"currency": "USD", "issued_at": clock.now() - timedelta(days=10), "total_micros": 214_300_000}
    return Invoice.objects.create(number=number, customer=customer, bill_period=period, **{**given, **facts})


def line(world: World, on: Invoice, program: Program, ident: int, label: str, micros: int, **facts: Any) -> Charge:
    """A recurring line of a bill."""
    given: dict[str, Any] = {"subkind": Subkind.RECURRING, "billed_micros": micros, "payout_micros": 0, "vendor": None}
    return world.charge(
        program=program, invoice=on, invoice_number=on.number, customer=on.customer, kind=ChargeKind.INVOICE_FEATURE,
        usage_id=None, feature_id=ident, feature_label=label, caller_e164=None, duration_s=None,
        **{**given, **facts},
    )  # fmt: skip


def record(world: World, on: Invoice, program: Program, micros: int, **facts: Any) -> Charge:
    """A usage record of a bill."""
    given: dict[str, Any] = {"subkind": Subkind.DATA, "billed_micros": micros, "payout_micros": 0, "vendor": None}
    return world.charge(
        program=program, invoice=on, invoice_number=on.number, customer=on.customer, **{**given, **facts}
    )
