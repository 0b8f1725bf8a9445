"""Bills for tests: an invoice with the lines one names."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from makegood.billing.models import BillPeriod, Charge, Invoice, InvoiceCredit, Service
from makegood.billing.states import ChargeKind, Subkind
from makegood.parties.models import Customer
from tests.world import World

CENT = 10_000


class Billing:
    """Makes the bills of one customer, month by month of 2026; amounts in cents."""

    def __init__(self, world: World, customer: Customer | None = None, *, first_number: int = 5_000_001) -> None:
        self.world = world
        self.customer = customer or world.customer
        self._number = first_number
        self._feature = first_number * 100

    def bill(self, month: int, *, total: int | None = None, currency: str = "USD", year: int = 2026) -> Invoice:
        """The bill for a month, issued on the day after it."""
        starts_on = date(year, month, 1)
        ends_on = date(year + month // 12, month % 12 + 1, 1)
        period, _ = BillPeriod.objects.get_or_create(
            customer=self.customer, number=year * 100 + month, defaults={"starts_on": starts_on, "ends_on": ends_on}
        )
        invoice = Invoice.objects.create(
            number=self._number,
            customer=self.customer,
            bill_period=period,
            currency=currency,
            issued_at=datetime.combine(ends_on, time(12), UTC),
            due_on=ends_on,
            total_micros=None if total is None else total * CENT,
        )
        self._number += 1
        return invoice

    def line(
        self, invoice: Invoice, label: str, cents: int, subkind: Subkind = Subkind.RECURRING, **facts: Any
    ) -> Charge:
        """A line of a bill; ``phone`` is the service it is for."""
        self._feature += 1
        service = self.service(facts.pop("phone", ""))
        return self.world.charge(
            **{
                **self._on(invoice),
                "kind": ChargeKind.INVOICE_FEATURE,
                "subkind": subkind,
                "usage_id": None,
                "feature_id": self._feature,
                "feature_label": label,
                "service": service,
                "quantity": Decimal(1),
                "billed_micros": cents * CENT,
                "caller_e164": None,
                "answered": None,
                "duration_s": None,
                "external_id": f"line-{self._feature}",
                **facts,
            }
        )

    def use(self, invoice: Invoice, at: datetime, cents: int, quantity: str | None, **facts: Any) -> Charge:
        """A usage record of a bill: data unless told otherwise."""
        self._feature += 1
        service = self.service(facts.pop("phone", ""))
        return self.world.charge(
            **{
                **self._on(invoice),
                "subkind": Subkind.DATA,
                "unit": "GB",
                "occurred_at": at,
                "service": service,
                "quantity": None if quantity is None else Decimal(quantity),
                "billed_micros": cents * CENT,
                "external_id": f"use-{self._feature}",
                **facts,
            }
        )

    def credit(self, invoice: Invoice, label: str, cents: int, tax: int = 0) -> InvoiceCredit:
        """A credit on a bill, of so many cents."""
        self._feature += 1
        return InvoiceCredit.objects.create(
            invoice=invoice, feature_id=self._feature, label=label, amount_micros=cents * CENT,
            tax_micros=tax * CENT, external_source="test", external_id=f"credit-{self._feature}",
        )  # fmt: skip

    def service(self, phone: str) -> Service | None:
        """The service of that number."""
        return Service.objects.get_or_create(customer=self.customer, number=phone)[0] if phone else None

    def _on(self, invoice: Invoice) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "zone": self.customer.zone,
            "vendor": None,
            "invoice": invoice,
            "invoice_number": invoice.number,
            "occurred_at": invoice.issued_at,
            "received_at": invoice.issued_at,
            "billed_at": invoice.issued_at,
            "currency": invoice.currency,
            "payout_currency": invoice.currency,
            "payout_micros": 0,
        }


def named_bill(billing: Billing) -> tuple[Invoice, Invoice]:
    """October $141.80 and November $214.30, with something of every bar in between."""
    october, november = billing.bill(10, total=14_180), billing.bill(11, total=21_430)
    for invoice, fiber, tax in ((october, 5_900, 1_000), (november, 6_740, 1_600)):
        billing.line(invoice, "Fiber 500", fiber, tax_micros=tax * CENT)
        billing.line(invoice, "Static address", 517)
    billing.line(october, "Paper bill", 500)
    billing.line(october, "Office line", 3_225)
    part: dict[str, Any] = {"covers_from": date(2026, 11, 1), "covers_until": date(2026, 11, 29)}
    billing.line(november, "Office line", 3_010, **part)
    since: dict[str, Any] = {"covers_from": date(2026, 11, 3), "covers_until": date(2026, 12, 1)}
    billing.line(november, "Premium Voice", 1_999, phone="2125550142", **since)
    billing.line(november, "Premium Voice, set-up", 1_200, Subkind.ONE_TIME)
    billing.credit(november, "Loyalty credit", 797)
    for day in range(3, 24, 3):
        billing.use(october, datetime(2026, 10, day, 15, tzinfo=UTC), 434, "1.4", phone="2125550142")
    for day, cents, quantity in ((5, 837, "2.7"), (14, 1_860, "6.0"), (15, 2_232, "7.2"), (16, 2_232, "7.2")):
        billing.use(november, datetime(2026, 11, day, 15, tzinfo=UTC), cents, quantity, phone="2125550142")
    return october, november


NAMED_BARS = {
    "new": 1_999, "removed": -500, "price": 840, "volume": 4_123, "one_time": 1_200, "proration": -215, "taxes": 600,
    "credits": -797,
}  # fmt: skip
"""The bars of :func:`named_bill` in cents, in their order."""
