"""Payments as a person may see them: what came in from a customer, and for which bill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet, Sum

from makegood.billing.models import Payment
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.selectors import customers_visible_to
from makegood.parties.states import Verb

CHUNK = 500


@dataclass(frozen=True)
class PaymentRow:
    """One payment. ``invoice`` is the number of the bill it is for; None where nobody said."""

    id: int
    paid_at: datetime
    amount: Money
    method: str
    note: str
    reference: str
    invoice: int | None


@dataclass(frozen=True)
class Paid:
    """What came in in one currency; ``unmatched`` is the part that names no bill."""

    count: int
    total: Money
    unmatched: Money


def payments_visible_to(principal: Principal) -> QuerySet[Payment]:
    """The payments of customers in scope, for who may see what is charged."""
    if not principal.can(Verb.CHARGE_VIEW):
        return Payment.objects.none()
    return Payment.objects.filter(customer__in=customers_visible_to(principal))


def payments_of(principal: Principal, customer_id: int, most: int) -> list[PaymentRow]:
    """The newest payments of a customer in scope."""
    found = _newest(principal, customer_id)[:most]
    return [_row(payment) for payment in found]


def every_payment(principal: Principal, customer_id: int) -> Iterator[PaymentRow]:
    """All of them, the newest first, a chunk at a time."""
    for payment in _newest(principal, customer_id).iterator(chunk_size=CHUNK):
        yield _row(payment)


def paid_by(principal: Principal, customer_id: int) -> dict[str, Paid]:
    """What came in from a customer in scope, by currency."""
    found: dict[str, Paid] = {}
    seen = payments_visible_to(principal).filter(customer_id=customer_id).order_by()
    for currency, count, micros in seen.values_list("currency").annotate(Count("pk"), Sum("micros")):
        loose = seen.filter(currency=currency, invoice=None).aggregate(micros=Sum("micros"))["micros"]
        found[currency] = Paid(count, Money(micros, currency), Money(loose or 0, currency))
    return found


def paid_of_invoices(principal: Principal, customer_id: int) -> dict[int, int]:
    """How many micros came in for each bill of a customer in scope; bills without a payment are left out."""
    named = payments_visible_to(principal).filter(customer_id=customer_id, invoice__isnull=False).order_by()
    return {pk: micros for pk, micros in named.values_list("invoice_id").annotate(Sum("micros")) if pk is not None}


def _newest(principal: Principal, customer_id: int) -> QuerySet[Payment]:
    found = payments_visible_to(principal).filter(customer_id=customer_id)
    return found.select_related("invoice").defer("raw", "invoice__usage_alias").order_by("-paid_at", "-id")


def _row(payment: Payment) -> PaymentRow:
    return PaymentRow(
        id=payment.pk,
        paid_at=payment.paid_at,
        amount=Money(payment.micros, payment.currency),
        method=payment.method,
        note=payment.note,
        reference=payment.external_id,
        invoice=payment.invoice.number if payment.invoice else None,
    )
