"""How long a span of days is, as bills count it: in months where bills are for whole months, else in days. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

Measure = Callable[["Span"], Fraction]
_LAST_YEAR = 9998


class Span(NamedTuple):
    """Days ``[since, until)``; at least one."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days


def moved(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def in_days(span: Span) -> Fraction:
    """The length in days."""
    return Fraction(span.days)


@lru_cache(maxsize=4096)
def in_months(span: Span) -> Fraction:
    """The length in months: whole ones from the first day, then the days left of the month that has begun.

    11 November to 1 December is 20/30: the month that begins on 11 November has 30 days.
    """
    since, until = span
    whole = (until.year - since.year) * 12 + until.month - since.month
    if until.day > since.day and _ends_its_month(since):
        return Fraction(whole)
    if moved(since, whole) > until:
        whole -= 1
    begun = moved(since, whole)
    if begun == until:
        return Fraction(whole)
    return whole + Fraction((until - begun).days, (moved(since, whole + 1) - begun).days)


def _ends_its_month(day: date) -> bool:
    """Whether it is the last day of its month: from 28 February to 30 March is one month."""
    return day.day == monthrange(day.year, day.month)[1]


def measure_of(periods: Iterable[Span]) -> Measure:
    """How the lines of bills of these periods are measured together."""
    every = tuple(periods)
    in_reach = all(span.until.year < _LAST_YEAR for span in every)
    if in_reach and all(in_months(span).denominator == 1 and in_months(span) for span in every):
        return in_months
    return in_days


def same_length(one: Span, other: Span) -> bool:
    """Whether two bills are for equally long periods."""
    measure = measure_of((one, other))
    return measure(one) == measure(other)
