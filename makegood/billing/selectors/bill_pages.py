"""The lines of a bill a page at a time, and what those of each kind come to, summed where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, QuerySet, Sum, Value

from makegood.billing.models import Charge, InvoiceCredit
from makegood.billing.selectors.invoices import CREDIT, BillLine, charge_line, credit_line
from makegood.billing.selectors.visible import charges_visible_to, standing
from makegood.billing.states import ChargeKind, Subkind
from makegood.kernel.money import Money
from makegood.kernel.paging import Key, Page, page_through, place_of
from makegood.parties.entries import Principal

EVERY: tuple[str, ...] = (
    Subkind.RECURRING, Subkind.ONE_TIME, Subkind.FEE, Subkind.CALL, Subkind.LEAD, Subkind.DATA, Subkind.MESSAGE,
    Subkind.TAX, CREDIT,
)  # fmt: skip
"""The order in which a bill shows its lines; what it gave back stands last."""
ORDER = (Key("rank"), Key("feature_id"), Key("id"))
SIZE = 100


@dataclass(frozen=True)
class KindSum:
    """So many lines of one kind (a subkind, or ``credit``), and what they come to with tax."""

    kind: str
    count: int
    total: Money


def line_sums(principal: Principal, invoice_id: int, currency: str) -> list[KindSum]:
    """What the lines in scope of a bill come to, by kind, in the order of its pages. The caller has scoped the bill."""
    every = _charges(principal, invoice_id).order_by()
    newer = Charge.objects.filter(corrects_id__isnull=False).values("corrects_id")
    found = _sums(every)
    # Few lines are corrected: to take these off costs less than to ask every line.
    for kind, (count, micros) in _sums(every.filter(pk__in=newer)).items():
        found[kind] = (found[kind][0] - count, found[kind][1] - micros)
    credits = InvoiceCredit.objects.filter(invoice_id=invoice_id).aggregate(
        n=Count("pk"), micros=Sum(F("amount_micros") + F("tax_micros"))
    )
    if credits["n"]:
        found[CREDIT] = (credits["n"], -credits["micros"])
    return [
        KindSum(kind, found[kind][0], Money(found[kind][1], currency))
        for kind in EVERY
        if kind in found and found[kind][0]
    ]


def line_page(
    principal: Principal, invoice_id: int, currency: str, kinds: Sequence[str], after: str, before: str
) -> Page[BillLine]:
    """A page of the lines in scope of a bill, by kind and feature. ``kinds`` are those that it has lines of, in order.
    The caller has scoped the bill."""
    parts = [_of_kind(principal, invoice_id, kind) for kind in kinds]
    page = page_through(parts, ORDER, place_of(after, before, ORDER), SIZE)
    return page.with_rows(
        [credit_line(row, currency) if isinstance(row, InvoiceCredit) else charge_line(row) for row in page.rows]
    )


def _of_kind(principal: Principal, invoice_id: int, kind: str) -> QuerySet[Any]:
    rank = Value(EVERY.index(kind), output_field=IntegerField())
    if kind == CREDIT:
        return InvoiceCredit.objects.filter(invoice_id=invoice_id).defer("raw").annotate(rank=rank)
    lines = standing(_charges(principal, invoice_id)).filter(subkind=kind)
    return lines.select_related("service").defer("raw").annotate(rank=rank)


def _charges(principal: Principal, invoice_id: int) -> QuerySet[Charge]:
    return charges_visible_to(principal).filter(invoice_id=invoice_id, kind=ChargeKind.INVOICE_FEATURE)


def _sums(lines: QuerySet[Charge]) -> dict[str, tuple[int, int]]:
    """Number and micros of lines, with tax, by kind."""
    sums = lines.values_list("subkind").annotate(n=Count("pk"), micros=Sum(F("billed_micros") + F("tax_micros")))
    return {kind: (count, int(micros)) for kind, count, micros in sums}
