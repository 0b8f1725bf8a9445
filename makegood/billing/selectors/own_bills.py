"""Whose bills somebody can have explained: the customers in scope that were billed, with their latest bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.billing.models import Invoice
from makegood.billing.selectors.invoices import invoices_visible_to
from makegood.billing.states import InvoiceStatus
from makegood.kernel.money import Money
from makegood.parties.entries import Principal

MOST = 200


@dataclass(frozen=True)
class OwnBill:
    """The latest issued bill of a customer; ``total`` None where the bill does not say it."""

    customer_id: int
    customer: str
    account: str
    number: int
    issued_at: datetime | None
    total: Money | None


def latest_bills(principal: Principal) -> list[OwnBill]:
    """One row for each customer in scope with an issued bill, by name; at most MOST."""
    issued: list[Invoice] = list(
        invoices_visible_to(principal)
        .exclude(status=InvoiceStatus.DRAFT)
        .select_related("customer")
        .order_by("customer", "-issued_at", "-pk")
        .distinct("customer")[:MOST]
    )
    rows = [
        OwnBill(
            one.customer_id,
            one.customer.name,
            one.customer.number,
            one.number,
            one.issued_at,
            None if one.total_micros is None else Money(one.total_micros, one.currency),
        )
        for one in issued
    ]
    return sorted(rows, key=lambda one: (one.customer.lower(), one.customer_id))
