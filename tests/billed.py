"""A customer of a telecom company: bills of some months, their lines, usage records, payments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from makegood.billing.models import BillPeriod, Charge, Invoice, InvoiceCredit, Payment, Service
from makegood.billing.states import ChargeKind, PeriodStatus, Subkind
from makegood.kernel import clock
from tests.world import World

FIBER, VOICE = 59_000_000, 19_990_000
LINE_PHONE = "+1 (202) 555-0142"


def months_back(count: int) -> date:
    """The first day of the month so many months ago."""
    day = clock.now().astimezone(UTC).date().replace(day=1)
    for _ in range(count):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


@dataclass
class Billed:
    """What was made: bills, the oldest first, and the lines of each."""

    world: World
    services: list[Service]
    bills: list[Invoice] = field(default_factory=list)
    lines: dict[int, list[Charge]] = field(default_factory=dict)

    @property
    def latest(self) -> Invoice:
        """The newest bill."""
        return self.bills[-1]

    def line(self, bill: Invoice, label: str, micros: int, *, tax: int = 0, **facts: Any) -> Charge:
        """One more line of a bill: recurring, on the first service."""
        at = bill.issued_at
        feature = 1_000 * (bill.number % 100) + len(self.lines[bill.number]) + 1
        charge = self.world.charge(
            **{
                "kind": ChargeKind.INVOICE_FEATURE, "subkind": Subkind.RECURRING, "usage_id": None, "vendor": None,
                "feature_id": feature, "feature_label": label, "invoice": bill, "invoice_number": bill.number,
                "customer": bill.customer, "service": self.services[0], "occurred_at": at, "received_at": at,
                "billed_at": at, "currency": bill.currency, "billed_micros": micros, "tax_micros": tax,
                "payout_micros": 0, "caller_e164": None, "answered": None, "duration_s": None, "disposition": "",
                "external_source": "bill", "external_id": f"{bill.number}:{feature}", **facts,
            }
        )  # fmt: skip
        self.lines[bill.number].append(charge)
        return charge

    def usage(
        self, at: datetime, subkind: Subkind, micros: int, *, bill: Invoice | None = None, **facts: Any
    ) -> Charge:
        """A usage record of the second service; without a bill it is not billed yet."""
        return self.world.charge(
            **{
                "subkind": subkind, "vendor": None, "customer": self.services[1].customer,
                "service": self.services[1], "invoice": bill, "invoice_number": bill.number if bill else None,
                "occurred_at": at, "received_at": at, "billed_at": bill.issued_at if bill else None,
                "billed_micros": micros, "payout_micros": 0, "caller_e164": None, "answered": None,
                "duration_s": None, "disposition": "", "unit": "GB" if subkind is Subkind.DATA else "", **facts,
            }
        )  # fmt: skip

    def pay(self, micros: int, bill: Invoice | None = None, **facts: Any) -> Payment:
        """A payment, by default a day after the bill it is for."""
        at = bill.issued_at + timedelta(days=1) if bill else clock.now() - timedelta(days=2)
        serial = Payment.objects.count() + 1
        return Payment.objects.create(
            **{
                "customer": self.services[0].customer, "invoice": bill, "paid_at": at, "currency": "USD",
                "micros": micros, "method": "Card", "external_source": "test", "external_id": f"P-{serial}", **facts,
            }
        )  # fmt: skip


def billed(world: World, months: int = 3, first_number: int = 1_984_951) -> Billed:
    """Bills of the last months, each 59.00 + 19.99 with 8% tax; the latest one also 41.26 of data and a credit."""
    customer = world.customer
    made = Billed(
        world,
        [
            Service.objects.create(customer=customer, number="CKT-88/A"),
            Service.objects.create(customer=customer, number=LINE_PHONE),
        ],
    )
    for n in range(months, 0, -1):
        starts, ends = months_back(n), months_back(n - 1)
        period = BillPeriod.objects.create(
            customer=customer, number=int(f"{starts:%Y%m}01"), starts_on=starts, ends_on=ends,
            status=PeriodStatus.CLOSED,
        )  # fmt: skip
        bill = Invoice.objects.create(
            number=first_number + months - n, customer=customer, bill_period=period, currency="USD",
            issued_at=datetime(ends.year, ends.month, ends.day, 12, tzinfo=UTC), due_on=ends + timedelta(days=20),
            total_micros=0,
        )  # fmt: skip
        made.bills.append(bill)
        made.lines[bill.number] = []
        made.line(bill, "Fiber 500", FIBER, tax=4_720_000, quantity=Decimal(1), unit="line")
        made.line(bill, "Premium Voice", VOICE, tax=1_600_000)
        _used(made, bill, starts, 4 if n == 1 else 2)
        bill.total_micros = sum(one.billed_micros + one.tax_micros for one in made.lines[bill.number])
    latest = made.latest
    made.line(latest, "Data over 20 GB", 41_260_000, subkind=Subkind.DATA, service=made.services[1])
    InvoiceCredit.objects.create(
        invoice=latest, feature_id=9_000, label="Promotion", amount_micros=8_000_000, external_source="bill",
        external_id=f"{latest.number}:9000",
    )  # fmt: skip
    latest.total_micros = (latest.total_micros or 0) + 41_260_000 - 8_000_000
    Invoice.objects.bulk_update(made.bills, ["total_micros"])
    BillPeriod.objects.create(
        customer=customer, number=int(f"{months_back(0):%Y%m}01"), starts_on=months_back(0),
        ends_on=(months_back(0) + timedelta(days=32)).replace(day=1),
    )  # fmt: skip
    return made


def _used(made: Billed, bill: Invoice, starts: date, gigabytes: int) -> None:
    """Data on two days and three calls to two numbers in the month of a bill; it charges for none of them extra."""
    for day, to in ((3, "+12025550104"), (9, "+12025550104"), (9, "+13035550177")):
        at = datetime(starts.year, starts.month, day, 15, tzinfo=UTC)
        made.usage(at, Subkind.CALL, 120_000, bill=bill, destination_e164=to, duration_s=60 * day)
    for day in (5, 14):
        at = datetime(starts.year, starts.month, day, 15, tzinfo=UTC)
        made.usage(at, Subkind.DATA, 0, bill=bill, quantity=Decimal(gigabytes) + Decimal("0.5"))
