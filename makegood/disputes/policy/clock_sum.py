"""How a clock counted: its days one by one, what each of them added or why it did not, and when it is due by that.

The sum is made anew from what was promised, when it began, and when it stood still. It says itself whether it comes to
the deadlines that are kept: a calendar that was changed since then counts differently, and moves no deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from makegood.disputes.policy.business_days import NOTHING, BusinessDays
from makegood.disputes.policy.clocks import Profile, resumed
from makegood.disputes.states import ClockUnit

Pauses = Sequence[tuple[datetime, datetime]]
IN_DAYS = frozenset({ClockUnit.BUSINESS_DAYS, ClockUnit.SAME_TIME})
MOST_ROWS = 60
"""As many days as anybody reads; of a longer clock the last ones are left out."""


@dataclass(frozen=True)
class Course:
    """What happened to a clock: when it began, the intervals in which it stood still, and its end so far.

    The last pause may end at ``until``, where it still lasts. ``until`` is when it stopped, or now.
    """

    profile: Profile
    started_at: datetime
    pauses: Pauses
    until: datetime


@dataclass(frozen=True)
class SumRow:
    """One local day: what it added (days, or time), the sum up to and with it, and why it added what it did.

    ``paused`` are the intervals of it in which the clock stood still; ``marks`` what falls on it: ``began``,
    ``target``, ``breach``, ``ended``.
    """

    day: date
    added: timedelta | int
    total: timedelta | int
    why: str
    paused: tuple[tuple[datetime, datetime], ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClockSum:
    """The rows, the deadlines that they come to, and how many days are left out at the end."""

    rows: tuple[SumRow, ...]
    target_at: datetime | None
    breach_at: datetime | None
    left_out: int = 0


def clock_sum(course: Course, days: BusinessDays, names: Mapping[date, str]) -> ClockSum:
    """The sum of a clock, by a calendar whose holidays have ``names``."""
    course = _in_utc(course)
    target, breach = deadlines(course, days)
    last = max(one for one in (target, breach, course.started_at) if one is not None)
    shown = _days(days.day_of(course.started_at), days.day_of(_inside(last, course, days)))
    marks = _marks(course, days, target, breach)
    counted = replace(course, until=last)
    rows: list[SumRow] = []
    in_days = course.profile.unit in IN_DAYS
    total: timedelta | int = 0 if in_days else NOTHING
    for day in shown[:MOST_ROWS]:
        added, why = _by_day(course, days, names, day) if in_days else _by_hours(counted, days, names, day)
        total = total + added  # type: ignore[operator]
        paused = tuple(_within(course.pauses, *_bounds(days, day)))
        rows.append(SumRow(day, added, total, why, paused, tuple(name for name, on in marks if on == day)))
    return ClockSum(tuple(rows), target, breach, max(0, len(shown) - MOST_ROWS))


def deadlines(course: Course, days: BusinessDays) -> tuple[datetime | None, datetime | None]:
    """Target and breach after every pause, one that still lasts counted as if it ended now."""
    keeps = days.time_of(course.started_at)
    found = []
    for due in course.profile.due(course.started_at, days):
        moved = due
        for begin, end in course.pauses:
            if moved is not None:
                moved = resumed(moved, course.profile.unit, paused_at=begin, resumed_at=end, days=days, keeps=keeps)
        found.append(moved)
    return found[0], found[1]


def _in_utc(course: Course) -> Course:
    pauses = [(a.astimezone(UTC), b.astimezone(UTC)) for a, b in course.pauses]
    return Course(course.profile, course.started_at.astimezone(UTC), pauses, course.until.astimezone(UTC))


def _inside(due: datetime, course: Course, days: BusinessDays) -> datetime:
    """An instant of the day that a deadline belongs to: the end of a day is the first instant after it."""
    is_end = course.profile.unit is not ClockUnit.SAME_TIME and due > course.started_at
    return due - timedelta(microseconds=1) if is_end else due


def _marks(
    course: Course, days: BusinessDays, target: datetime | None, breach: datetime | None
) -> list[tuple[str, date]]:
    limits = [("target", target), ("breach", breach)]
    found = [(name, days.day_of(_inside(at, course, days))) for name, at in limits if at is not None]
    return [("began", days.day_of(course.started_at)), *found, ("ended", days.day_of(course.until))]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def _bounds(days: BusinessDays, day: date) -> tuple[datetime, datetime]:
    """The local day from midnight to midnight."""
    whole = BusinessDays(days.zone)
    return whole.start_of(day), whole.end_of(day)


def _within(pauses: Pauses, since: datetime, until: datetime) -> Iterable[tuple[datetime, datetime]]:
    return ((max(a, since), min(b, until)) for a, b in pauses if a < until and b > since)


def _closed(days: BusinessDays, names: Mapping[date, str], day: date) -> str:
    """Why a day is not open; empty where it is."""
    if day in days.holidays:
        return names.get(day) or "a holiday"
    return "" if days.is_open(day) else f"{day:%A}: not a day of work"


def _by_hours(course: Course, days: BusinessDays, names: Mapping[date, str], day: date) -> tuple[timedelta, str]:
    """What passed of a day before ``until`` while the clock ran, and while it was open where open hours count."""
    since, until = _bounds(days, day)
    since, until = max(since, course.started_at), min(until, course.until)
    pauses = list(_within(course.pauses, since, until))
    if course.profile.unit is ClockUnit.WALL:
        return max(NOTHING, until - since) - sum((b - a for a, b in pauses), NOTHING), _stood(pauses)
    whole = days.open_part(day, since, until)
    ran = whole - sum((days.open_part(day, a, b) for a, b in pauses), NOTHING)
    closed = _closed(days, names, day)
    if closed:
        return NOTHING, closed
    return ran, _stood(pauses) if whole else "closed by then"


def _stood(pauses: Sequence[object]) -> str:
    return "stood still while an answer was awaited" if pauses else ""


def _by_day(course: Course, days: BusinessDays, names: Mapping[date, str], day: date) -> tuple[int, str]:
    """Whether a day is one of those that count: open, after the one it began or went on, and not within a pause."""
    closed = _closed(days, names, day)
    if closed:
        return 0, closed
    begins = days.day_of(course.started_at)
    for begin, end in course.pauses:
        if begins < day <= days.day_of(begin):
            return 1, ""
        if day <= days.day_of(begin):
            break
        begins = max(begins, days.day_of(end))
        if day < begins:
            return 0, _stood([begin])
        if day == begins:
            return 0, "the day it went on, which does not count"
    if day > begins:
        return 1, ""
    return 0, "the day it began, which does not count"
