"""What is asked and not decided yet: by currency, buyer, age and program, and what of it is likely to be credited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.visible import disputes_visible_to, view_parameters
from makegood.disputes.states import UNDECIDED, Stage
from makegood.insights.policy.bootstrap import Pair, Share, of, share_of
from makegood.insights.selectors.behind import SIZE, Behind, page_of_ids
from makegood.insights.selectors.cohorts import source
from makegood.insights.selectors.maturity import mature_through
from makegood.insights.states import By
from makegood.kernel import clock, sql
from makegood.kernel.money import Money, minor_micros
from makegood.parties.entries import Principal
from makegood.parties.models import Customer, Program
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.states import Verb

AGES = (1, 3, 7, 14, 30)
"""Where waiting times are cut, in days."""
PAST = timedelta(days=180)
"""Cohorts of so many days say what share of what is asked is granted."""
MONTH_ENDS = 3
PENDING = Q(stage__in=UNDECIDED) | Q(stage=Stage.DECIDED)
"""Not decided for the books: a decision in its undo window moves no money."""


@dataclass(frozen=True)
class Part:
    """Some of what is pending in one currency; ``key`` is a customer, a program, or a place in AGES."""

    key: int
    label: str
    count: int
    asked_micros: int
    expected_micros: int | None


@dataclass(frozen=True)
class Currency:
    """What is pending in one currency.

    ``low`` and ``high`` are the ends of the 95% interval of what is expected; None where the past says too little.
    """

    currency: str
    count: int
    asked_micros: int
    expected_micros: int | None
    low_micros: int | None
    high_micros: int | None
    by_buyer: tuple[Part, ...]
    by_age: tuple[Part, ...]
    by_program: tuple[Part, ...]

    @property
    def asked(self) -> Money:
        """What is asked."""
        return Money(self.asked_micros, self.currency)

    @property
    def expected(self) -> Money | None:
        """What is likely to be credited."""
        return self._money(self.expected_micros)

    @property
    def low(self) -> Money | None:
        """The lower end of it."""
        return self._money(self.low_micros)

    @property
    def high(self) -> Money | None:
        """The upper end of it."""
        return self._money(self.high_micros)

    def _money(self, micros: int | None) -> Money | None:
        return None if micros is None else Money(micros, self.currency)


@dataclass(frozen=True)
class MonthEnd:
    """What was pending in one currency when a month ended (``at``, the first moment after it)."""

    at: datetime
    currency: str
    count: int
    asked_micros: int


@dataclass(frozen=True)
class Exposure:
    """Everything pending, the currency with the most disputes first, and what was at the last month-ends."""

    currencies: tuple[Currency, ...]
    month_ends: tuple[MonthEnd, ...]
    zone: str
    as_of: datetime


@dataclass(frozen=True)
class _Group:
    """Disputes of one currency, program, customer and age."""

    currency: str
    program: int
    customer: int
    age: int
    count: int
    asked: int


def exposure(principal: Principal, *, program: Program | None = None, zone: str = "UTC") -> Exposure:
    """What is pending in scope, of one program or of all. Months end in the program's zone, else in ``zone``.

    What is expected is what is asked times the share that was granted of what was asked, per program and currency,
    over mature cohorts. Raises NotPermitted without ``ledger.view``.
    """
    demand(principal, Verb.LEDGER_VIEW)
    now = clock.now()
    zone = program.zone.name if program and program.zone else zone
    groups = _pending(principal, program, now)
    since = (now - PAST).date()
    shares = _shares(principal, {group.program for group in groups}, since, now)
    names = _names(principal, groups)
    by_currency: dict[str, list[_Group]] = {}
    for group in groups:
        by_currency.setdefault(group.currency, []).append(group)
    found = [_currency(code, rows, shares, names) for code, rows in by_currency.items()]
    return Exposure(
        currencies=tuple(sorted(found, key=lambda one: (-one.count, one.currency))),
        month_ends=_month_ends(principal, program, now, zone),
        zone=zone,
        as_of=now,
    )


def _pending(principal: Principal, program: Program | None, now: datetime) -> list[_Group]:
    ages = Case(
        *(When(submitted_at__gt=now - timedelta(days=days), then=Value(place)) for place, days in enumerate(AGES)),
        default=Value(len(AGES)),
        output_field=IntegerField(),
    )
    found = disputes_visible_to(principal).filter(PENDING)
    if program is not None:
        found = found.filter(program=program)
    named = found.annotate(age=ages).values_list("currency", "program_id", "customer_id", "age")
    rows = named.annotate(count=Count("pk"), asked=Sum("amount_micros")).order_by()
    return [_Group(*row) for row in rows]


Shares = Mapping[tuple[int, str], Share | None]
Names = tuple[Mapping[int, str], Mapping[int, str]]


def _shares(principal: Principal, programs: Iterable[int], since: date, now: datetime) -> Shares:
    """What share of what was asked was granted, by program and currency."""
    visible = programs_visible_to(principal).select_related("zone").filter(pk__in=list(programs))
    mature = Q(pk__in=[])
    for pk, day in mature_through(visible, now).items():
        mature |= Q(program=pk, day__lte=day)
    rows, column = source(principal.scope, By.CUSTOMER)
    sums = rows.filter(mature, day__gte=since, decided_asked_micros__gt=0).values_list("program_id", "currency", column)
    pairs: dict[tuple[int, str], list[Pair]] = {}
    totals = {"granted": Sum("decided_micros"), "asked": Sum("decided_asked_micros")}
    for pk, currency, _, granted, asked in sums.annotate(**totals).order_by():
        pairs.setdefault((pk, currency), []).append((granted, asked))
    return {key: share_of(found) for key, found in pairs.items()}


def _names(principal: Principal, groups: list[_Group]) -> Names:
    customers = Customer.objects.filter(pk__in={group.customer for group in groups})
    programs = programs_visible_to(principal)
    return dict(customers.values_list("pk", "name")), dict(programs.values_list("pk", "name"))


def _currency(code: str, groups: list[_Group], shares: Shares, names: Names) -> Currency:
    customers, programs = names
    ages = {place: age_words(place) for place in range(len(AGES) + 1)}
    whole = _part(0, "", groups, shares)
    return Currency(
        currency=code,
        count=whole.count,
        asked_micros=whole.asked_micros,
        expected_micros=whole.expected_micros,
        low_micros=_expected(groups, shares, "low"),
        high_micros=_expected(groups, shares, "high"),
        by_buyer=_by("customer", groups, shares, customers, largest_first=True),
        by_age=_by("age", groups, shares, ages),
        by_program=_by("program", groups, shares, programs, largest_first=True),
    )


def _by(
    name: str, groups: list[_Group], shares: Shares, labels: Mapping[int, str], *, largest_first: bool = False
) -> tuple[Part, ...]:
    found: dict[int, list[_Group]] = {}
    for group in groups:
        found.setdefault(getattr(group, name), []).append(group)
    parts = [_part(key, labels.get(key, ""), rows, shares) for key, rows in sorted(found.items())]
    return tuple(sorted(parts, key=lambda part: -part.asked_micros)) if largest_first else tuple(parts)


def _part(key: int, label: str, groups: list[_Group], shares: Shares) -> Part:
    asked = sum(group.asked for group in groups)
    return Part(key, label, sum(group.count for group in groups), asked, _expected(groups, shares, "value"))


def _expected(groups: list[_Group], shares: Shares, end: str) -> int | None:
    """What is expected of some groups at one end of the interval; None where the past of a program is not known."""
    total = 0
    for group in groups:
        share: Any = getattr(shares.get((group.program, group.currency)), end, None)
        if share is None:
            return None
        total += of(group.asked, share)
    coin = minor_micros(groups[0].currency) if groups else 1
    return total - total % coin


def age_words(place: int) -> str:
    """A waiting time in words: ``up to 1 day``, ``1 to 3 days``, ``over 30 days``."""
    if place == 0:
        return "up to 1 day"
    return f"over {AGES[-1]} days" if place == len(AGES) else f"{AGES[place - 1]} to {AGES[place]} days"


def _month_ends(principal: Principal, program: Program | None, now: datetime, zone: str) -> tuple[MonthEnd, ...]:
    here, ends = ZoneInfo(zone), []
    first = now.astimezone(here).date().replace(day=1)
    for _ in range(MONTH_ENDS):
        ends.append(datetime.combine(first, time(), here))
        first = (first - timedelta(days=1)).replace(day=1)
    asked = {"moments": ends, "program_id": program.pk if program else None, **view_parameters(principal)}
    # Not prepared: a plan for any moment and any scope takes four times as long as one for these.
    with connection.cursor() as cursor:
        cursor.execute(sql.load("insights.pending_at"), asked)
        return tuple(MonthEnd(*row) for row in cursor.fetchall())


@dataclass(frozen=True)
class Waiting:
    """Which pending disputes a mark counts; None means any. ``age`` is a place in AGES."""

    currency: str | None = None
    program_id: int | None = None
    customer_id: int | None = None
    age: int | None = None


def pending(principal: Principal, wanted: Waiting, *, before: int | None = None) -> Behind:
    """The pending disputes that a mark counts, the latest first. Raises NotPermitted without ``ledger.view``."""
    found = pending_like(principal, wanted)
    older = found if before is None else found.filter(pk__lt=before)
    ids = list(older.order_by("-pk").values_list("pk", flat=True)[: SIZE + 1])
    return page_of_ids(principal, ids, found.count())


def pending_like(principal: Principal, wanted: Waiting) -> QuerySet[Dispute]:
    """The pending disputes in scope that a mark counts, in no order. Raises NotPermitted without ``ledger.view``."""
    demand(principal, Verb.LEDGER_VIEW)
    named = {"currency": wanted.currency, "program": wanted.program_id, "customer": wanted.customer_id}
    found = disputes_visible_to(principal).filter(PENDING, **{name: one for name, one in named.items() if one})
    if wanted.age is None:
        return found
    now, place = clock.now(), wanted.age
    if place < len(AGES):
        found = found.filter(submitted_at__gt=now - timedelta(days=AGES[place]))
    if place > 0:
        found = found.filter(submitted_at__lte=now - timedelta(days=AGES[min(place, len(AGES)) - 1]))
    return found
