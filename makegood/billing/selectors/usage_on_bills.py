"""Usage records that are on a bill, summed by kind and unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from makegood.billing.selectors.usage import Used
from makegood.billing.selectors.visible import charges_visible_to, standing
from makegood.billing.states import ChargeKind, Subkind
from makegood.kernel.money import Money
from makegood.parties.entries import Principal


@dataclass(frozen=True)
class UsageOnBill:
    """Usage records of one kind and unit on a bill."""

    subkind: Subkind
    unit: str
    used: Used


def usage_on_bill(principal: Principal, invoice_id: int) -> list[UsageOnBill]:
    """The usage records in scope that a bill charges for, by kind and unit."""
    # That a record has an id is known; said, an index leads past the lines of the bill.
    records = standing(charges_visible_to(principal)).filter(
        invoice_id=invoice_id, usage_id__isnull=False, kind=ChargeKind.USAGE
    )
    sums = (
        records.order_by()
        .values("subkind", "unit", "currency")
        .annotate(n=Count("pk"), quantity=Sum("quantity"), seconds=Sum("duration_s"), micros=Sum("billed_micros"))
        .order_by("subkind", "unit", "currency")
    )
    return [
        UsageOnBill(
            Subkind(row["subkind"]),
            row["unit"],
            Used(row["n"], row["quantity"], row["seconds"] or 0, Money(row["micros"], row["currency"])),
        )
        for row in sums
    ]
