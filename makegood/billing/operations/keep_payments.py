"""Keeps payments that a source tells of, and learns later which bill one was for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.billing.models import Payment


@dataclass(frozen=True)
class NewPayment:
    """A payment of a customer; micros above zero of the customer's currency."""

    external_id: str
    customer_id: int
    paid_at: datetime
    currency: str
    micros: int
    method: str
    note: str
    invoice_id: int | None
    raw: Any


def keep_payments(payments: Sequence[NewPayment], *, source: str, import_batch: int | None) -> int:
    """Keep them; one whose source and id are there already is left alone. How many were new. Errors: none."""
    before = Payment.objects.filter(external_source=source).filter(external_id__in=[p.external_id for p in payments])
    known = before.count()
    Payment.objects.bulk_create(
        [
            Payment(
                external_source=source,
                external_id=one.external_id,
                customer_id=one.customer_id,
                paid_at=one.paid_at,
                currency=one.currency,
                micros=one.micros,
                method=one.method,
                note=one.note,
                invoice_id=one.invoice_id,
                import_batch=import_batch,
                raw=one.raw,
            )
            for one in payments
        ],
        ignore_conflicts=True,
    )
    return before.count() - known


def name_bills(bills: Mapping[int, int]) -> int:
    """Say of payments that named no bill, by id, for which one they were; how many it was said of. Errors: none."""
    named = 0
    for payment_id, invoice_id in bills.items():
        named += Payment.objects.filter(pk=payment_id, invoice=None).update(invoice=invoice_id)
    return named
