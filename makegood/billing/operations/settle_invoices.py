"""Mark invoices as paid."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.billing.models import Invoice
from makegood.billing.states import InvoiceStatus


def mark_invoices_paid(numbers: Sequence[int]) -> int:
    """The issued ones among these invoices become paid; how many did. Errors: none."""
    issued = Invoice.objects.filter(number__in=numbers, status=InvoiceStatus.ISSUED)
    return issued.update(status=InvoiceStatus.PAID)
