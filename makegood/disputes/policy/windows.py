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
