"""Invoices as a person may see them: the bills of a customer, and one with its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from makegood.billing.models import Charge, Invoice, InvoiceCredit
from makegood.billing.selectors.visible import charges_visible_to, standing
from makegood.billing.states import ChargeKind
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import customers_visible_to, has_customer_limits
from makegood.parties.states import Verb

MOST_BILLS = 500
CREDIT = "credit"
"""The kind of lines that give money back."""


@dataclass(frozen=True)
class Bill:
    """An invoice without its lines. ``last_day`` is the last day its period covers; ``total`` is None where its source
    did not say one."""

    id: int
    number: int
    customer_id: int
    customer_number: str
    customer: str
    period_number: int
    first_day: date
    last_day: date
    issued_at: datetime
    due_on: date | None
    currency: str
    total: Money | None
    usage_alias: str
    status: str
    category_id: int | None = None

    @property
    def until(self) -> date:
        """The day after the last one it covers."""
        return self.last_day + timedelta(days=1)


@dataclass(frozen=True)
class BillLine:
    """A line of an invoice. Credits have no ``charge_id``: nobody disputes them; their amounts are below zero."""

    charge_id: int | None
    feature_id: int
    label: str
    subkind: str
    service: str
    occurred_at: datetime | None
    quantity: Decimal | None
    unit: str
    unit_price: Decimal | None
    amount: Money
    tax: Money
    tax_jurisdiction: str

    @property
    def total(self) -> Money:
        """Amount and tax together."""
        return self.amount + self.tax


@dataclass(frozen=True)
class BillWithLines:
    """An invoice with the lines that are in scope, by feature."""

    bill: Bill
    lines: tuple[BillLine, ...]

    @property
    def lines_total(self) -> Money:
        """What the lines make together."""
        return sum((line.total for line in self.lines), Money(0, self.bill.currency))

    @property
    def unexplained(self) -> Money | None:
        """What the total has beyond the lines; zero when the bill adds up, None when it states no total."""
        return self.bill.total - self.lines_total if self.bill.total is not None else None


def invoices_visible_to(principal: Principal) -> QuerySet[Invoice]:
    """The invoices in scope: those of customers in scope; a limit by program or vendor asks for a charge within it."""
    scope = principal.scope
    if scope.nothing or not principal.can(Verb.CHARGE_VIEW):
        return Invoice.objects.none()
    invoices = Invoice.objects.all()
    if has_customer_limits(scope):
        invoices = invoices.filter(customer__in=customers_visible_to(principal))
    if not scope.everything and (scope.programs is not None or scope.vendors is not None):
        invoices = invoices.filter(Exists(charges_visible_to(principal).filter(invoice_id=OuterRef("pk"))))
    return invoices


def bills_of(principal: Principal, customer_id: int) -> list[Bill]:
    """The invoices of a customer that are in scope, the newest first, at most MOST_BILLS."""
    found = _with_parties(invoices_visible_to(principal).filter(customer_id=customer_id))
    return [_bill(invoice) for invoice in found.order_by("-issued_at", "-number")[:MOST_BILLS]]


def bill_numbered(principal: Principal, number: int) -> BillWithLines:
    """The invoice of that number with its lines as they stand after corrections.

    Raises NotFound for one that does not exist or is out of scope.
    """
    invoice = _with_parties(invoices_visible_to(principal)).filter(number=number).first()
    if invoice is None:
        raise NotFound()
    charges = standing(charges_visible_to(principal)).filter(invoice=invoice, kind=ChargeKind.INVOICE_FEATURE)
    lines = [charge_line(charge) for charge in charges.select_related("service").defer("raw")]
    lines += [credit_line(credit, invoice.currency) for credit in invoice.credits.defer("raw")]
    return BillWithLines(_bill(invoice), _in_order(lines))


def _in_order(lines: Sequence[BillLine]) -> tuple[BillLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.feature_id))


def _with_parties(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    return invoices.select_related("customer", "bill_period")


def _bill(invoice: Invoice) -> Bill:
    period, total = invoice.bill_period, invoice.total_micros
    return Bill(
        id=invoice.pk,
        number=invoice.number,
        customer_id=invoice.customer_id,
        customer_number=invoice.customer.number,
        customer=invoice.customer.name,
        period_number=period.number,
        first_day=period.starts_on,
        last_day=period.ends_on - timedelta(days=1),
        issued_at=invoice.issued_at,
        due_on=invoice.due_on,
        currency=invoice.currency,
        total=Money(total, invoice.currency) if total is not None else None,
        usage_alias=invoice.usage_alias,
        status=invoice.status,
        category_id=invoice.category_id,
    )


def charge_line(charge: Charge) -> BillLine:
    """A charge of a bill, with its service at hand."""
    return BillLine(
        charge_id=charge.pk,
        feature_id=charge.feature_id or 0,
        label=charge.feature_label,
        subkind=charge.subkind,
        service=charge.service.number if charge.service else "",
        occurred_at=charge.occurred_at,
        quantity=charge.quantity,
        unit=charge.unit,
        unit_price=charge.unit_price,
        amount=Money(charge.billed_micros, charge.currency),
        tax=Money(charge.tax_micros, charge.currency),
        tax_jurisdiction=charge.tax_jurisdiction,
    )


def credit_line(credit: InvoiceCredit, currency: str) -> BillLine:
    """A credit that a bill gave back itself."""
    return BillLine(
        charge_id=None,
        feature_id=credit.feature_id,
        label=credit.label,
        subkind=CREDIT,
        service="",
        occurred_at=None,
        quantity=None,
        unit="",
        unit_price=None,
        amount=Money(-credit.amount_micros, currency),
        tax=Money(-credit.tax_micros, currency),
        tax_jurisdiction="",
    )
