"""Issued bills with what their lines make, what came in for them, and how they differ from the bill before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Sum

from makegood.billing.models import BillPeriod, Invoice, InvoiceCredit
from makegood.billing.selectors.invoices import Bill, bills_of, invoices_visible_to
from makegood.billing.selectors.payments import paid_of_invoices
from makegood.billing.selectors.visible import charges_visible_to, standing
from makegood.billing.states import ChargeKind, InvoiceStatus, PeriodStatus
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.selectors import customers_visible_to

OWED = (InvoiceStatus.ISSUED, InvoiceStatus.PAID)


@dataclass(frozen=True)
class IssuedBill:
    """A bill and what follows from others. ``total`` is what it says, or what its lines make where it says none
    (``is_stated`` is false then). ``change`` is the difference to the bill before in the same currency; None for the
    first. ``paid`` came in for it by number."""

    bill: Bill
    total: Money
    is_stated: bool
    change: Money | None
    paid: Money

    @property
    def is_paid(self) -> bool:
        """Whether its source calls it paid, or payments make up its total."""
        return self.bill.status == InvoiceStatus.PAID or not self.paid < self.total

    @property
    def is_written_off(self) -> bool:
        """Whether nobody expects it to be paid."""
        return self.bill.status == InvoiceStatus.WRITTEN_OFF

    @property
    def left(self) -> Money:
        """What is still to be paid as far as payments name it; zero for a bill that is paid or written off."""
        return Money(0, self.total.currency) if self.is_paid or self.is_written_off else self.total - self.paid

    def is_overdue(self, today: date) -> bool:
        """Whether something is left and its day is past."""
        return bool(self.left) and self.bill.due_on is not None and self.bill.due_on < today


@dataclass(frozen=True)
class OpenPeriod:
    """Days that no bill was issued for yet, and when one is expected."""

    first_day: date
    expected_on: date


def issued_bills(principal: Principal, customer_id: int) -> list[IssuedBill]:
    """The issued bills of a customer in scope, the newest first; drafts are none."""
    bills = [bill for bill in bills_of(principal, customer_id) if bill.status != InvoiceStatus.DRAFT]
    made = _lines_make(principal, [bill.id for bill in bills if bill.total is None])
    paid = paid_of_invoices(principal, customer_id)
    found: list[IssuedBill] = []
    before: dict[str, Money] = {}
    for bill in reversed(bills):
        total = bill.total if bill.total is not None else Money(made.get(bill.id, 0), bill.currency)
        previous = before.get(bill.currency)
        change = total - previous if previous is not None else None
        received = Money(paid.get(bill.id, 0), bill.currency)
        found.append(IssuedBill(bill, total, bill.total is not None, change, received))
        before[bill.currency] = total
    return found[::-1]


def owed_sums(principal: Principal, customer_id: int) -> dict[str, tuple[int, Money]]:
    """How many bills of a customer are owed or paid, and their sum, by currency; written off ones are not counted."""
    owed = invoices_visible_to(principal).filter(customer_id=customer_id, status__in=OWED).order_by()
    sums: Mapping[str, tuple[int, int]] = {
        currency: (count, micros or 0)
        for currency, count, micros in owed.values_list("currency").annotate(Count("pk"), Sum("total_micros"))
    }
    unstated = owed.filter(total_micros=None)
    made = _lines_make(principal, list(unstated.values_list("pk", flat=True)))
    extra: dict[str, int] = {}
    for pk, currency in unstated.values_list("pk", "currency"):
        extra[currency] = extra.get(currency, 0) + made.get(pk, 0)
    return {code: (count, Money(micros + extra.get(code, 0), code)) for code, (count, micros) in sorted(sums.items())}


def open_period(principal: Principal, customer_id: int) -> OpenPeriod | None:
    """The period of a customer in scope that still takes charges; None where none is known."""
    seen = customers_visible_to(principal).filter(pk=customer_id)
    found = BillPeriod.objects.filter(customer__in=seen, status=PeriodStatus.OPEN).order_by("-starts_on").first()
    return OpenPeriod(found.starts_on, found.ends_on) if found else None


def credits_on_bills(principal: Principal, customer_id: int) -> dict[str, Money]:
    """What lines of issued bills of a customer gave back themselves, with tax, by currency."""
    bills = invoices_visible_to(principal).filter(customer_id=customer_id, status__in=OWED)
    lines = InvoiceCredit.objects.filter(invoice__in=bills).order_by()
    sums = lines.values_list("invoice__currency").annotate(micros=Sum(F("amount_micros") + F("tax_micros")))
    return {currency: Money(micros, currency) for currency, micros in sums}


def _lines_make(principal: Principal, invoice_ids: Sequence[int]) -> dict[int, int]:
    """What the lines in scope of some bills make together, in micros, with tax and credits."""
    if not invoice_ids:
        return {}
    charges = standing(charges_visible_to(principal)).filter(
        invoice_id__in=invoice_ids, kind=ChargeKind.INVOICE_FEATURE
    )
    sums = charges.order_by().values_list("invoice_id").annotate(micros=Sum(F("billed_micros") + F("tax_micros")))
    made = {pk: micros for pk, micros in sums if pk is not None}
    given = InvoiceCredit.objects.filter(invoice_id__in=invoice_ids).order_by()
    for pk, micros in given.values_list("invoice_id").annotate(micros=Sum(F("amount_micros") + F("tax_micros"))):
        made[pk] = made.get(pk, 0) - micros
    return made


def bill_counts(principal: Principal, customer_ids: Sequence[int]) -> dict[int, int]:
    """How many issued bills some customers have; those without one are left out."""
    bills = invoices_visible_to(principal).filter(customer_id__in=customer_ids, status__in=OWED).order_by()
    return dict(bills.values_list("customer_id").annotate(Count("pk")))


def customer_of_invoice(principal: Principal, number: int) -> int | None:
    """Whose bill has that number, where it is in scope."""
    found: Invoice | None = invoices_visible_to(principal).filter(number=number).only("customer_id").first()
    return found.customer_id if found else None
