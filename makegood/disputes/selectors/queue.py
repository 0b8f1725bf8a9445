"""The queue of those who decide: what waits, what is mine, what was decided today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from makegood.disputes.eligibility import BLOCKED, OK, OVERRIDABLE, WARNED
from makegood.disputes.models import Dispute, Reason
from makegood.disputes.selectors.mine import Total, totals_of
from makegood.disputes.selectors.rows import DisputeRow, rows_of, with_parties
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, WAITING, Outcome, Stage
from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.parties.entries import Principal
from makegood.parties.models import Customer, Vendor
from makegood.parties.selectors import customers_visible_to, programs_visible_to, vendors_visible_to

SIZE = 50
COUNT_LIMIT = 1_000
CHOICES_LIMIT = 200
OLDEST_FIRST = (Key("submitted_at"), Key("id"))
NEWEST_FIRST = (Key("decided_at", descending=True), Key("id", descending=True))
BY_RANK = (Key("rank"), Key("submitted_at", descending=True), Key("id", descending=True))
ORDERS = {"pending": OLDEST_FIRST, "mine": OLDEST_FIRST, "decided": NEWEST_FIRST, "all": BY_RANK}
PENDING, ACCEPTED, PARTIAL, REJECTED, REST = range(5)
RANK = Case(
    When(stage__in=[*UNDECIDED, Stage.DECIDED], then=Value(PENDING)),
    When(outcome=Outcome.ACCEPTED, then=Value(ACCEPTED)),
    When(outcome=Outcome.ACCEPTED_PARTIAL, then=Value(PARTIAL)),
    When(outcome=Outcome.REJECTED, then=Value(REJECTED)),
    default=Value(REST),
    output_field=IntegerField(),
)
"""Pending, Accepted, Accepted Partial, Rejected, then whatever was withdrawn."""

POLICY_WORDS = {OK: "OK", WARNED: "note", OVERRIDABLE: "override", BLOCKED: "blocked"}


@dataclass(frozen=True)
class QueueQuery:
    """What the address asks for; numbers of zero mean any. ``midnight`` begins the viewer's day."""

    tab: str
    midnight: datetime
    reason: int = 0
    buyer: int = 0
    vendor: int = 0
    program: int = 0
    ids: tuple[int, ...] | None = None
    after: str = ""
    before: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the program narrows the tab."""
        return bool(self.reason or self.buyer or self.vendor or self.ids is not None)


@dataclass(frozen=True)
class Option:
    """One entry of a filter."""

    id: int
    label: str


@dataclass(frozen=True)
class Filters:
    """What the queue can be narrowed by."""

    reasons: tuple[Option, ...]
    buyers: tuple[Option, ...]
    vendors: tuple[Option, ...]


@dataclass(frozen=True)
class QueuePage:
    """One tab: rows, totals per currency, counters of the tabs, filters, and when the last one was decided."""

    tab: str
    page: Page[DisputeRow]
    totals: tuple[Total, ...]
    counts: dict[str, int]
    filters: Filters
    last_decided_at: datetime | None

    @property
    def is_waiting_list(self) -> bool:
        """Whether every row still waits for a decision."""
        return self.tab in {"pending", "mine"}


def _tabs(principal: Principal, midnight: datetime) -> dict[str, Q]:
    return {
        "pending": Q(stage__in=UNDECIDED),
        "mine": Q(stage=Stage.IN_REVIEW, assignee=principal.id),
        "decided": Q(decided_at__gte=midnight, stage__in=[Stage.DECIDED, Stage.RESOLVED, Stage.CLOSED]),
        "all": Q(submitted_at__isnull=False) & ~Q(stage=Stage.DRAFT),
    }


def _narrowed(disputes: QuerySet[Dispute], query: QueueQuery) -> QuerySet[Dispute]:
    wanted = {
        "reason": query.reason,
        "charge__customer": query.buyer,
        "charge__vendor": query.vendor,
        "program": query.program,
    }
    disputes = disputes.filter(**{name: value for name, value in wanted.items() if value})
    return disputes if query.ids is None else disputes.filter(pk__in=query.ids)


def narrowed_to(principal: Principal, query: QueueQuery) -> QuerySet[Dispute]:
    """The disputes in scope that a query of the queue finds, in no order; an unknown tab is what waits."""
    tabs = _tabs(principal, query.midnight)
    visible = disputes_visible_to(principal)
    tab = tabs.get(query.tab, tabs["pending"])
    return _narrowed(visible if query.ids is not None else visible.filter(tab), query)


def _capped(disputes: QuerySet[Dispute], limit: int) -> int:
    return disputes.order_by()[: limit + 1].count()


def _filters(principal: Principal) -> Filters:
    def options(rows: QuerySet[Customer] | QuerySet[Vendor] | QuerySet[Reason], label: str) -> tuple[Option, ...]:
        pairs = rows.order_by(label).values_list("pk", label)[:CHOICES_LIMIT]
        return tuple(Option(pk, name) for pk, name in pairs)

    reasons = Reason.objects.filter(program__in=programs_visible_to(principal), is_active=True)
    return Filters(
        options(reasons, "label"),
        options(customers_visible_to(principal), "name"),
        options(vendors_visible_to(principal), "name"),
    )


def queue_page(principal: Principal, query: QueueQuery) -> QueuePage:
    """A tab of the queue: what waits by age, what was decided by time, everything by status."""
    tabs = _tabs(principal, query.midnight)
    tab = query.tab if query.tab in tabs else "pending"
    visible = disputes_visible_to(principal)
    base = visible if query.ids is not None else visible.filter(tabs[tab])
    rows = _narrowed(base, query)
    order = BY_RANK if query.ids is not None else ORDERS[tab]
    ranked = rows.annotate(rank=RANK) if order is BY_RANK else rows
    page = page_of(with_parties(ranked), order, place_of(query.after, query.before, order), SIZE)
    counted = visible.filter(program=query.program) if query.program else visible
    counts = {key: _capped(counted.filter(tabs[key]), COUNT_LIMIT) for key in ("pending", "mine", "decided")}
    last = counted.filter(decided_at__isnull=False).order_by("-decided_at").values_list("decided_at", flat=True)
    return QueuePage(
        "items" if query.ids is not None else tab,
        page.with_rows(rows_of(principal, page.rows)),
        totals_of(rows),
        counts,
        _filters(principal),
        last.first() if not page.rows else None,
    )


def waiting_count(principal: Principal, limit: int) -> int:
    """How many disputes in scope read "Pending", counted up to ``limit`` + 1."""
    return _capped(disputes_visible_to(principal).filter(stage__in=[*UNDECIDED, Stage.DECIDED]), limit)


def next_waiting(principal: Principal, but: int) -> str:
    """The label of the oldest dispute that waits, other than one; empty when nothing waits."""
    waiting = disputes_visible_to(principal).filter(stage__in=WAITING).exclude(pk=but)
    free = waiting.filter(Q(assignee__isnull=True) | Q(assignee=principal.id) | Q(stage=Stage.PENDING))
    return free.order_by("submitted_at", "id").values_list("label", flat=True).first() or ""
