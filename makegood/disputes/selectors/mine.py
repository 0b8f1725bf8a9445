"""My disputes: what one filed and how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.rows import DisputeRow, rows_of, with_parties
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, Stage
from makegood.kernel.money import Money
from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.parties.entries import Principal

SIZE = 50
COUNT_LIMIT = 1_000
TABS: dict[str, Q] = {
    "pending": Q(stage__in=[*UNDECIDED, Stage.DECIDED]),
    "decided": Q(stage__in=[Stage.RESOLVED, Stage.CLOSED]),
    "drafts": Q(stage=Stage.DRAFT),
    "all": ~Q(stage=Stage.DRAFT),
}
STANDS = """
(SELECT -sum(a.amount_micros)::bigint FROM ledger_adjustment a
 WHERE a.charge_id = disputes_dispute.charge_id AND a.dispute_id = disputes_dispute.id AND a.kind <> 'reversal_fee')
"""
ORDER = (Key("created_at", descending=True), Key("id", descending=True))


@dataclass(frozen=True)
class Total:
    """Sums of one currency; amounts of different currencies are never added."""

    count: int
    asked: Money
    credited: Money


@dataclass(frozen=True)
class Mine:
    """One tab: its rows, its totals per currency, and how many wait behind each tab."""

    tab: str
    page: Page[DisputeRow]
    totals: tuple[Total, ...]
    counts: dict[str, int]


def totals_of(disputes: QuerySet[Dispute]) -> tuple[Total, ...]:
    """Asked and credited per currency; credited is what stands in the ledger, so a reversal takes its part away."""
    stands = RawSQL(STANDS, [], output_field=BigIntegerField())  # noqa: S611 - a fixed text
    sums = (
        disputes.order_by()
        .values("currency")
        .annotate(n=Count("id"), asked=Sum("amount_micros"), given=Sum(stands, default=0))
    )
    return tuple(
        Total(row["n"], Money(row["asked"], row["currency"]), Money(row["given"], row["currency"]))
        for row in sums.order_by("-n", "currency")
    )


def mine(
    principal: Principal, tab: str, *, ids: tuple[int, ...] | None = None, after: str = "", before: str = ""
) -> Mine:
    """A tab of the disputes in scope; ``ids`` narrows it to exactly those (a notice opened as a list)."""
    chosen = tab if tab in TABS else "pending"
    visible = disputes_visible_to(principal)
    rows = visible.filter(pk__in=ids) if ids is not None else visible.filter(TABS[chosen])
    page = page_of(with_parties(rows), ORDER, place_of(after, before, ORDER), SIZE)
    counts = {key: visible.filter(TABS[key]).order_by()[: COUNT_LIMIT + 1].count() for key in ("pending", "drafts")}
    return Mine(chosen, page.with_rows(rows_of(principal, page.rows)), totals_of(rows), counts)
