"""Pages of the queue: rows in the order the program wants, what they come to, and the counters of the tabs.

Counting stops where nobody needs the number any more, so that no page waits for a total.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, F, Q, QuerySet

from makegood.disputes.models import Dispute
from makegood.disputes.models.cases import QUEUE_RANK
from makegood.disputes.selectors.mine import Total, totals_of
from makegood.disputes.selectors.queue import (
    ALL,
    DECIDED,
    TABS,
    WAITING_TABS,
    DeskProgram,
    QueueQuery,
    capped,
    desk_programs,
    narrowed_to,
    tab_of,
)
from makegood.disputes.selectors.queue_rows import NEVER, QueueRow, queue_rows, with_due
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import WAITING
from makegood.kernel import clock, sql
from makegood.kernel.counting import Given, counted, counted_again
from makegood.kernel.money import Money
from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.kernel.subselects import as_it_is
from makegood.parties.entries import Principal
from makegood.parties.selectors.scopes import view_of

SIZE = 50
CHUNK = 500
COUNT_LIMIT = 1_000
LIST_LIMIT = 5_000
"""So many rows a list is counted and summed up to."""
ARRIVAL, DEADLINE = "arrival", "deadline"
BY_ARRIVAL = (Key("submitted_at"), Key("id"))
BY_DEADLINE = (Key("due_at"), Key("submitted_at"), Key("id"))
NEWEST_FIRST = (Key("decided_at", descending=True), Key("id", descending=True))
BY_RANK = (Key("rank"), Key("submitted_at", descending=True), Key("id", descending=True))


@dataclass(frozen=True)
class Order:
    """How a list is ordered: the keys of its pages, and the word of it. ``mixed`` names programs of another order."""

    keys: tuple[Key, ...]
    word: str
    mixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class QueuePage:
    """One tab: its rows in an order, how many there are and what they ask for, per currency.

    ``is_least`` says that counting stopped, and that nothing was summed. ``last_decided_at`` and ``next_due_at`` are
    for a list without rows.
    """

    tab: str
    order: Order
    page: Page[QueueRow]
    count: int
    is_least: bool
    totals: tuple[Total, ...]
    last_decided_at: datetime | None = None
    next_due_at: datetime | None = None

    @property
    def is_waiting_list(self) -> bool:
        """Whether every row still waits for a decision."""
        return self.tab in WAITING_TABS


def order_of(programs: Iterable[DeskProgram], query: QueueQuery) -> Order:
    """How a query of the queue is ordered: what waits by deadline, or by arrival where every program asks for that.

    ``programs`` are those in scope.
    """
    if query.ids is not None or query.tab == ALL:
        return Order(BY_RANK, "status")
    if query.tab == DECIDED:
        return Order(NEWEST_FIRST, "decision")
    found = [one for one in programs if query.program in {0, one.id}]
    if found and all(one.in_order for one in found):
        return Order(BY_ARRIVAL, ARRIVAL)
    return Order(BY_DEADLINE, DEADLINE, tuple(sorted(one.name for one in found if one.in_order)))


def _ordered(rows: QuerySet[Dispute], order: Order) -> QuerySet[Dispute]:
    annotated = with_due(rows)
    return annotated.annotate(rank=QUEUE_RANK) if order.keys is BY_RANK else annotated


def queue_page(principal: Principal, query: QueueQuery, programs: Iterable[DeskProgram] | None = None) -> QueuePage:
    """A tab of the queue. An unknown tab is what waits. ``programs`` are those in scope, where they are known."""
    query, rows, order = _asked(principal, query, programs)
    found = _ordered(rows, order)
    place = place_of(query.after, query.before, order.keys)
    totals: tuple[Total, ...] | None = None
    if _waits(query) and not place.values:
        ids, totals = _first(found, order)
        page = page_of(found.filter(pk__in=ids), order.keys, place, SIZE)
    else:
        page = page_of(found, order.keys, place, SIZE, picked_first=order.keys is BY_DEADLINE)
    empty = not page.rows
    return replace(
        _headed(query, rows, order, page.rows if _is_whole(page) else None, totals),
        page=page.with_rows(queue_rows(principal, page.rows)),
        last_decided_at=last_decided(principal, query.program) if empty else None,
        next_due_at=next_due(principal, query.program) if empty else None,
    )


def queue_head(principal: Principal, query: QueueQuery, programs: Iterable[DeskProgram] | None = None) -> QueuePage:
    """The same without its rows, for what shows them in groups."""
    return _headed(*_asked(principal, query, programs), None)


def _asked(
    principal: Principal, query: QueueQuery, programs: Iterable[DeskProgram] | None
) -> tuple[QueueQuery, QuerySet[Dispute], Order]:
    known = replace(query, tab=query.tab if query.tab in TABS else TABS[0])
    order = order_of(desk_programs(principal) if programs is None else programs, known)
    return known, narrowed_to(principal, known), order


def _waits(query: QueueQuery) -> bool:
    """Whether every row of a list waits for a decision."""
    return query.tab in WAITING_TABS and query.ids is None


def _first(found: QuerySet[Dispute], order: Order) -> tuple[list[int], tuple[Total, ...]]:
    """The ids of the first page of what waits, and one more, with what the whole list asks for."""
    columns = ("pk", "at", "submitted_at", "currency", "amount_micros")
    part = as_it_is(found.annotate(at=F(order.keys[0].name)).order_by().values_list(*columns), "listed")
    if part is None:
        return [], ()
    with connection.cursor() as cursor:
        asked = {"size": SIZE + 1, "most": LIST_LIMIT + 1, **part.params}
        cursor.execute(sql.spliced("disputes.queue_first", {"listed": part.sql}), asked)
        ids, currencies, counts, micros = cursor.fetchone() or ([], None, None, None)
    return ids, _totals(zip(currencies or (), counts or (), micros or (), strict=True))


def _headed(
    query: QueueQuery,
    rows: QuerySet[Dispute],
    order: Order,
    whole: Sequence[Dispute] | None,
    known: tuple[Total, ...] | None = None,
) -> QueuePage:
    """What stands above the rows: how many, and what they come to; ``whole`` are all of them where they are read, and
    ``known`` their totals where they are."""
    limit = LIST_LIMIT if query.tab in WAITING_TABS else COUNT_LIMIT
    if _waits(query):
        totals = known if known is not None else _summed(rows, limit)
        count = sum(total.count for total in totals)
    else:
        count = len(whole) if whole is not None else capped(rows, limit)
        totals = totals_of(rows) if 0 < count <= limit else ()
    return QueuePage(
        tab="items" if query.ids is not None else query.tab,
        order=order,
        page=Page(()),
        count=min(count, limit),
        is_least=count > limit,
        totals=totals if count <= limit else (),
    )


def _summed(rows: QuerySet[Dispute], limit: int) -> tuple[Total, ...]:
    """The same of the first ``limit`` + 1 of a list, counted and summed in one statement."""
    part = as_it_is(rows.order_by().values_list("currency", "amount_micros")[: limit + 1], "summed")
    if part is None:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency, count(*), sum(amount_micros)::bigint"  # noqa: S608 - the text binds its values
            f" FROM {part.sql} found (currency, amount_micros) GROUP BY currency",
            part.params,
        )
        return _totals(cursor.fetchall())


def _totals(sums: Iterable[tuple[str, int, int]]) -> tuple[Total, ...]:
    ordered = sorted(sums, key=lambda one: (-one[1], one[0]))
    return tuple(Total(count, Money(asked, code), Money(0, code)) for code, count, asked in ordered)


def _is_whole(page: Page[Dispute]) -> bool:
    return not page.before and not page.after


def counts_of(principal: Principal, query: QueueQuery) -> dict[str, int]:
    """How many each tab but "all" holds, of the program of the query alone, counted up to COUNT_LIMIT + 1."""
    tabs = [tab for tab in TABS if tab != ALL]
    midnight, now = Given("midnight", DateTimeField()), Given("now", DateTimeField())

    def lists() -> list[QuerySet[Dispute, Any]]:
        visible = _of(principal, query.program).order_by().values_list("pk")
        held = (tab_of(principal, tab, midnight=midnight, now=now) for tab in tabs)
        return [visible.filter(tab)[: COUNT_LIMIT + 1] for tab in held]

    name = ("tabs of the queue", query.program)
    counts = counted_again(name, view_of(principal), lists, midnight=query.midnight, now=clock.now())
    return dict(zip(tabs, counts, strict=True))


def counts_together(principal: Principal, queries: Sequence[QueueQuery]) -> list[int]:
    """How many each query finds, counted up to COUNT_LIMIT + 1, in one statement."""
    lists = (narrowed_to(principal, query).order_by().values_list("pk")[: COUNT_LIMIT + 1] for query in queries)
    return counted(*lists)


def arrived_since(principal: Principal, query: QueueQuery, since: datetime) -> int:
    """How many of what a query finds were submitted after ``since``, counted up to COUNT_LIMIT + 1."""
    return capped(narrowed_to(principal, query).filter(submitted_at__gt=since), COUNT_LIMIT)


def streamed(principal: Principal, query: QueueQuery) -> Iterator[QueueRow]:
    """All rows of a query in the order of its list, read a chunk at a time."""
    query, rows, order = _asked(principal, query, None)
    found = _ordered(rows, order)
    after = ""
    while True:
        page = page_of(found, order.keys, place_of(after, "", order.keys), CHUNK)
        yield from queue_rows(principal, page.rows)
        after = page.after
        if not after:
            return


def last_decided(principal: Principal, program: int = 0) -> datetime | None:
    """When the last dispute in sight was decided."""
    decided = _of(principal, program).filter(decided_at__isnull=False).order_by("-decided_at", "-id")
    return decided.values_list("decided_at", flat=True).first()


def next_due(principal: Principal, program: int = 0) -> datetime | None:
    """The next deadline of what waits in sight."""
    waiting = with_due(_of(principal, program).filter(stage__in=sorted(WAITING))).filter(Q(due_at__lt=NEVER))
    found = waiting.order_by(F("due_at").asc(), "id").first()
    return getattr(found, "due_at", None)


def _of(principal: Principal, program: int) -> QuerySet[Dispute]:
    visible = disputes_visible_to(principal)
    return visible.filter(program=program) if program else visible


def labels_of(counts: Mapping[str, int]) -> dict[str, str]:
    """Counters as they are printed: empty at zero, capped so that nobody waits for a total."""
    return {tab: f"{COUNT_LIMIT:,}+" if n > COUNT_LIMIT else f"{n:,}" if n else "" for tab, n in counts.items()}
