"""The charge log: charges in scope, the newest first, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum, Value

from makegood.billing.models import Charge
from makegood.billing.selectors.charge_more import WITH_SHARED_MORE, ChargeMore, more_of
from makegood.billing.selectors.facts import ChargeFacts, facts_of
from makegood.billing.selectors.log_query import ANY_TIME, DEFAULT_RANGE, KINDS, LogQuery, filtered, length_of
from makegood.billing.selectors.visible import charges_visible_to
from makegood.billing.states import LogKind
from makegood.kernel.counting import counted
from makegood.kernel.money import Money
from makegood.kernel.paging import BEFORE, Key, Page, Place, mark_of, page_of, place_of
from makegood.parties.entries import Principal

SIZE = 50
COUNT_LIMIT = 1_000
ORDER = (Key("occurred_at", descending=True), Key("id", descending=True))
CHUNK, MOST_LOOKED_AT = 250, 2_000
"""Where a condition is judged outside the statement: rows looked at in one go, and for one page."""
STREAMED = 500
"""Rows of an export that are in memory at a time."""

Keep = Callable[[Sequence[int]], set[int]]
"""Those of some charges that meet a condition no statement about charges alone can tell."""


@dataclass(frozen=True)
class LogPage:
    """One page; ``count`` stops counting at COUNT_LIMIT + 1. ``range`` is what was used in the end.

    With ``is_least`` the count is that of the newest COUNT_LIMIT charges the condition was asked of. ``newest`` are the
    ids of at most COUNT_LIMIT charges of the list; ``more`` is what a charge's kind adds to its facts, by id.
    ``looked_through`` says how many charges were looked at where that was not enough to fill the page.
    """

    page: Page[ChargeFacts]
    count: int
    range: str
    newest: tuple[int, ...] = ()
    more: Mapping[int, ChargeMore] = field(default_factory=dict)
    widened_from: str = ""
    looked_through: int = 0
    is_least: bool = False

    @property
    def has_more_than_counted(self) -> bool:
        """Whether there are more than COUNT_LIMIT."""
        return self.count > COUNT_LIMIT


def kinds_of(principal: Principal) -> tuple[LogKind, ...]:
    """The kinds that somebody's charges are of."""
    charges = charges_visible_to(principal).order_by()
    first, *others = (
        charges.filter(named).annotate(of_kind=Value(kind.value)).values_list("of_kind", flat=True)[:1]
        for kind, named in KINDS.items()
    )
    found = set(first.union(*others, all=True))
    return tuple(kind for kind in KINDS if kind.value in found)


def charge_log(principal: Principal, query: LogQuery, narrowed: Q | None = None, keep: Keep | None = None) -> LogPage:
    """A page of the charge log; ``narrowed`` and ``keep`` are further conditions of the caller.

    Without a range in the query (empty) it is the default one; a longer one when that finds nothing, and any time for
    what names a charge.
    """
    charges = charges_visible_to(principal)
    wanted, rows, newest = _in_range(charges, query, narrowed or Q(), COUNT_LIMIT + 1)
    place = place_of(wanted.after, wanted.before, ORDER)
    slim, looked = rows.only("occurred_at"), 0
    if keep is not None:
        page, looked = _kept(slim, keep, place)
    elif place.values:
        page = page_of(slim, ORDER, place, SIZE)
    else:  # the first page is the beginning of the newest
        first = _whole(charges, newest[:SIZE])
        page = _page(first, first[-1] if first and len(newest) > SIZE else None, place)
    is_whole = keep is None and not place.values
    shown = page.rows if is_whole else _whole(charges, [row.pk for row in page.rows])
    return LogPage(
        page.with_rows([facts_of(principal, charge) for charge in shown]),
        len(newest) if keep is None else len(keep(newest[:COUNT_LIMIT])),
        wanted.range,
        newest[:COUNT_LIMIT],
        {charge.pk: more_of(principal, charge) for charge in shown},
        widened_from=query.default_range if _is_widened(query, wanted) else "",
        looked_through=looked,
        is_least=keep is not None and len(newest) > COUNT_LIMIT,
    )


def charge_count(
    principal: Principal, query: LogQuery, narrowed: Q | None = None, keep: Keep | None = None
) -> tuple[int, bool]:
    """How many charges a log has, as its page counts them: at most COUNT_LIMIT + 1, and whether there may be more."""
    _, _, newest = _in_range(charges_visible_to(principal), query, narrowed or Q(), COUNT_LIMIT + 1)
    more = len(newest) > COUNT_LIMIT
    return (len(newest), more) if keep is None else (len(keep(newest[:COUNT_LIMIT])), more)


def charge_counts(principal: Principal, wanted: Sequence[tuple[LogQuery, Q]]) -> list[tuple[int, bool]]:
    """The same for several logs in one statement. Each query says its range, and nothing is asked outside of it."""
    charges = charges_visible_to(principal)
    lists = [_ordered(filtered(charges, query).filter(named)).values("pk") for query, named in wanted]
    return [(count, count > COUNT_LIMIT) for count in counted(*(rows[: COUNT_LIMIT + 1] for rows in lists))]


def _whole(charges: QuerySet[Charge], ids: Sequence[int]) -> list[Charge]:
    """Those of some charges with these ids, in their order, with what their facts need."""
    found = list(charges.filter(pk__in=ids).defer("raw")) if ids else []
    WITH_SHARED_MORE.fill(found)
    loaded = {charge.pk: charge for charge in found}
    return [loaded[pk] for pk in ids if pk in loaded]


def _is_widened(query: LogQuery, wanted: LogQuery) -> bool:
    return not query.range and not query.looks_for_one and wanted.range != query.default_range


def _in_range(
    charges: QuerySet[Charge], query: LogQuery, narrowed: Q, most: int
) -> tuple[LogQuery, QuerySet[Charge], tuple[int, ...]]:
    """The query with the range that is used in the end, its charges without their parties, the newest ``most`` ids."""
    ranges = [query.range]
    if not query.range:
        ranges = [ANY_TIME] if query.looks_for_one else _widening(query.default_range)
    for name in ranges:
        wanted = replace(query, range=name)
        rows = filtered(charges, wanted).filter(narrowed)
        newest = tuple(_ordered(rows).values_list("pk", flat=True)[:most])
        if newest:
            break
    return wanted, rows, newest


def _widening(first: str) -> list[str]:
    lengths = [length_of(name) for name in (first, DEFAULT_RANGE)]
    longer = [DEFAULT_RANGE] if lengths[0] is not None and lengths[1] is not None and lengths[0] < lengths[1] else []
    return [first, *longer, ANY_TIME]


def _ordered(rows: QuerySet[Charge]) -> QuerySet[Charge]:
    return rows.order_by("-occurred_at", "-id")


def _kept(rows: QuerySet[Charge], keep: Keep, place: Place) -> tuple[Page[Charge], int]:
    """The page of what is kept, looking at no more than MOST_LOOKED_AT rows; how many, where the page is not full."""
    backward = place.direction == BEFORE
    found: list[Charge] = []
    last: Charge | None = None
    looked, at, goes_on = 0, place, True
    while goes_on and len(found) <= SIZE and looked < MOST_LOOKED_AT:
        chunk = page_of(rows, ORDER, at, CHUNK)
        kept = keep([row.pk for row in chunk.rows])
        in_turn = chunk.rows[::-1] if backward else chunk.rows
        found += [row for row in in_turn if row.pk in kept]
        looked, last = looked + len(in_turn), in_turn[-1] if in_turn else last
        onward = chunk.before if backward else chunk.after
        goes_on = bool(onward)
        at = place_of("" if backward else onward, onward if backward else "", ORDER)
    more, found = len(found) > SIZE, found[:SIZE]
    edge = found[-1] if more else last if goes_on else None
    return _page(found, edge, place), looked if goes_on and not more else 0


def _page(found: list[Charge], edge: Charge | None, place: Place) -> Page[Charge]:
    """The rows in the order of the list, with the marks of both sides; ``edge`` is where looking stopped."""
    beyond = mark_of(edge, ORDER) if edge is not None else ""
    came_from = mark_of(found[0], ORDER) if found and place.values else ""
    if place.direction == BEFORE:
        return Page(tuple(found[::-1]), beyond, came_from)
    return Page(tuple(found), came_from, beyond)


def streamed_charges(
    principal: Principal, query: LogQuery, narrowed: Q | None = None, keep: Keep | None = None
) -> Iterator[tuple[list[ChargeFacts], dict[int, ChargeMore]]]:
    """Everything that a query names in the order of the log, a few at a time, through a cursor on the server.

    It holds a transaction while it is read. The range is the one that the page would use.
    """
    with transaction.atomic():
        charges = charges_visible_to(principal)
        _, rows, _ = _in_range(charges, query, narrowed or Q(), 1)
        wanted = _ordered(rows).defer("raw")
        for batch in _batches(wanted.iterator(chunk_size=STREAMED)):
            kept = keep([charge.pk for charge in batch]) if keep else None
            shown = [charge for charge in batch if kept is None or charge.pk in kept]
            WITH_SHARED_MORE.fill(shown)
            more = {charge.pk: more_of(principal, charge) for charge in shown}
            yield [facts_of(principal, charge) for charge in shown], more


def _batches(charges: Iterable[Charge]) -> Iterator[list[Charge]]:
    batch: list[Charge] = []
    for charge in charges:
        batch.append(charge)
        if len(batch) == STREAMED:
            yield batch
            batch = []
    if batch:
        yield batch


def charged_total(principal: Principal, charge_ids: Sequence[int]) -> tuple[int, tuple[Money, ...]]:
    """How many of some charges are in scope, and what was charged for them: one amount per currency."""
    found = charges_visible_to(principal).filter(pk__in=charge_ids).order_by("currency")
    sums = list(found.values_list("currency").annotate(Count("pk"), Sum("billed_micros")))
    return sum(count for _, count, _ in sums), tuple(Money(micros, currency) for currency, _, micros in sums)
