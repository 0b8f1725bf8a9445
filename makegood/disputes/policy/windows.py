"""Windows of time: the first instant that is too late, and the same question asked backward.

``deadline`` walks forward from an anchor, ``cutoff`` answers which anchors are still inside at ``now``; a window is
judged by comparing a column with the cutoff, a constant per time zone, so an index can serve it. The inversion
``anchor >= cutoff(now)  <=>  now < deadline(anchor)`` is a property test.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo

WEEKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))


def _midnight(day: date, tz: tzinfo) -> datetime:
    return datetime.combine(day, time(), tz).astimezone(UTC)


def deadline(
    anchor: datetime,
    days: int,
    tz: tzinfo,
    holidays: Collection[date] = frozenset(),
    weekdays: Collection[int] = WEEKDAYS,
) -> datetime:
    """The first instant (UTC) after the end of the ``days``-th open day that follows the anchor's local day."""
    day = anchor.astimezone(tz).date()
    left = days
    while left > 0:
        day += timedelta(1)
        left -= day.weekday() in weekdays and day not in holidays
    return _midnight(day + timedelta(1), tz)


def cutoff(
    now: datetime,
    days: int,
    tz: tzinfo,
    holidays: Collection[date] = frozenset(),
    weekdays: Collection[int] = WEEKDAYS,
) -> datetime:
    """The earliest anchor (UTC) whose window is still open at ``now``."""
    day = now.astimezone(tz).date()
    noon = time(12)
    while deadline(datetime.combine(day - timedelta(1), noon, tz), days, tz, holidays, weekdays) > now:
        day -= timedelta(1)
    return _midnight(day, tz)


def cutoff_day(
    now: datetime,
    days: int,
    tz: tzinfo,
    holidays: Collection[date] = frozenset(),
    weekdays: Collection[int] = WEEKDAYS,
) -> date:
    """The earliest local day whose window is still open at ``now``."""
    return cutoff(now, days, tz, holidays, weekdays).astimezone(tz).date()


def end_of(day: date, tz: tzinfo) -> datetime:
    """The instant (UTC) at which a local day is over."""
    return _midnight(day + timedelta(1), tz)


def first_day_ending(at: datetime, tz: tzinfo, *, after: bool) -> date:
    """The first local day that ends at ``at`` or later; later alone with ``after``."""
    day = at.astimezone(tz).date() - timedelta(1)
    return day if end_of(day, tz) >= at and not (after and end_of(day, tz) == at) else day + timedelta(1)


def period_start(now: datetime, period: str, tz: tzinfo) -> datetime:
    """When the day, week (from Monday) or month that holds ``now`` began (UTC)."""
    return _midnight(_first_day(now.astimezone(tz).date(), period), tz)


def period_end(now: datetime, period: str, tz: tzinfo) -> datetime:
    """When the next period begins (UTC)."""
    first = _first_day(now.astimezone(tz).date(), period)
    length = {"day": 1, "week": 7, "month": 31}[period]
    return _midnight(_first_day(first + timedelta(length), period), tz)


def _first_day(day: date, period: str) -> date:
    if period == "week":
        return day - timedelta(day.weekday())
    return day.replace(day=1) if period == "month" else day
