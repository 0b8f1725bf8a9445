"""Traffic quality of one program: rates by group and over time, with what chance alone would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from makegood.insights.entries import Figures, Money, Rate
from makegood.insights.policy import intervals
from makegood.insights.selectors.cohorts import report
from makegood.insights.states import By, Measure
from makegood.parties.entries import Principal

LONGEST_DAILY = timedelta(days=62)
"""Longer periods are shown by week."""
STEPS = 40
"""How finely the limits of a funnel are drawn."""


@dataclass(frozen=True)
class Line:
    """One group: raw rate, the shrunk one that ranks it, and whether it is where chance hardly brings it."""

    key: int | None
    label: str
    rate: Rate
    shrunk: float
    is_outside: bool


@dataclass(frozen=True)
class Point:
    """One day or week of cohorts, both ends included; limits are those of a p-chart around the mean."""

    since: date
    until: date
    rate: Rate
    limits: intervals.Interval
    is_mature: bool
    alarms: bool


@dataclass(frozen=True)
class Edge:
    """The funnel's limits at one volume."""

    n: int
    limits: intervals.Limits


@dataclass(frozen=True)
class Quality:
    """``lines`` by shrunk rate, the highest first; ``points`` in order of time; the rest is of mature cohorts.

    ``mean`` is the program's rate by the chosen measure. ``through`` is the last mature day.
    """

    measure: Measure
    total: Figures
    mean: Rate
    prior: intervals.Prior
    factor: float
    lines: tuple[Line, ...]
    edges: tuple[Edge, ...]
    points: tuple[Point, ...]
    weekly: bool
    money: tuple[Money, ...]
    through: date
    as_of: datetime
    waiting_days: int


def rate_of(figures: Figures, measure: Measure, whole: Figures | None = None) -> Rate:
    """A group's rate by a measure; ``whole`` is what its charges are compared with where it has none of its own."""
    base = whole or figures
    match measure:
        case Measure.DISPUTED:
            return Rate(figures.disputes, base.billed)
        case Measure.ACCEPTED:
            return figures.acceptance_rate
        case Measure.INVALID:
            return Rate(figures.invalid, base.charges)


def quality(principal: Principal, *, program_id: int, by: By, measure: Measure, since: date, until: date) -> Quality:
    """Rates of one program by group and over time. Headline, groups and funnel take mature cohorts alone.

    Raises NotPermitted without ``ledger.view``. A program out of scope has no rows.
    """
    grouped = report(principal, by=by, since=since, until=until, program_id=program_id)
    days = report(principal, by=By.DAY, since=since, until=until, program_id=program_id, mature_only=False)
    whole = grouped.total if by is By.REASON else None
    counted = [(row, rate_of(row, measure, whole)) for row in grouped.rows]
    counted = [(row, rate) for row, rate in counted if rate.n and not (whole and not row.disputes)]
    groups = [(rate.hits, rate.n) for _, rate in counted]
    prior = intervals.prior_of(groups)
    mean = rate_of(grouped.total, measure)
    factor = intervals.overdispersion(groups, mean.value or 0.0)
    lines = [_line(row, rate, prior, mean.value or 0.0, factor) for row, rate in counted]
    weekly = until - since > LONGEST_DAILY
    return Quality(
        measure=measure,
        total=grouped.total,
        mean=mean,
        prior=prior,
        factor=factor,
        lines=tuple(sorted(lines, key=lambda line: (-line.shrunk, line.label))),
        edges=_edges(groups, mean.value or 0.0, factor),
        points=_points(days.rows, measure, mean.value or 0.0, weekly=weekly),
        weekly=weekly,
        money=grouped.total.money,
        through=min(grouped.mature_through.values(), default=since),
        as_of=grouped.as_of,
        waiting_days=grouped.waiting_days,
    )


def _line(row: Figures, rate: Rate, prior: intervals.Prior, mean: float, factor: float) -> Line:
    outer = intervals.limits(mean, rate.n, factor).outer
    share = rate.value or 0.0
    return Line(
        key=row.key if isinstance(row.key, int) else None,
        label=row.label,
        rate=rate,
        shrunk=rate.shrunk(prior.mean, prior.strength),
        is_outside=not outer.low <= share <= outer.high,
    )


def _edges(groups: Sequence[intervals.Counts], mean: float, factor: float) -> tuple[Edge, ...]:
    """Limits from the smallest group to the largest, in equal steps of volume's logarithm."""
    sizes = [n for _, n in groups if n]
    if len(sizes) < 2 or min(sizes) == max(sizes):
        return ()
    low, high = min(sizes), max(sizes)
    at = sorted({round(low * (high / low) ** (step / STEPS)) for step in range(STEPS + 1)})
    return tuple(Edge(n, intervals.limits(mean, n, factor)) for n in at)


def _points(days: Sequence[Figures], measure: Measure, mean: float, *, weekly: bool) -> tuple[Point, ...]:
    grouped: dict[date, list[Figures]] = {}
    for row in days:
        if isinstance(row.key, date):
            grouped.setdefault(_begins(row.key, weekly=weekly), []).append(row)
    spans = sorted(grouped.items())
    rates = [_sum([rate_of(row, measure) for row in rows]) for _, rows in spans]
    warned = intervals.alarms([(rate.hits, rate.n) for rate in rates], mean)
    return tuple(
        Point(
            since=min(_days(rows)),
            until=max(_days(rows)),
            rate=rate,
            limits=intervals.sigma_limits(mean, rate.n),
            is_mature=(mature := all(row.is_mature for row in rows)),
            alarms=warns and mature,
        )
        for (_, rows), rate, warns in zip(spans, rates, warned, strict=True)
    )


def _days(rows: Sequence[Figures]) -> list[date]:
    return [row.key for row in rows if isinstance(row.key, date)]


def _begins(day: date, *, weekly: bool) -> date:
    """The day itself, or the Monday of its week."""
    return day - timedelta(days=day.weekday()) if weekly else day


def _sum(rates: Sequence[Rate]) -> Rate:
    return Rate(sum(rate.hits for rate in rates), sum(rate.n for rate in rates))
