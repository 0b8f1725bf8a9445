"""The holidays of the United States' federal calendar (5 U.S.C. 6103), computed by rule.

A holiday on a Saturday is observed on the Friday before, one on a Sunday on the Monday after.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
_FIXED = ((1, 1, "New Year's Day"), (6, 19, "Juneteenth"), (7, 4, "Independence Day"), (11, 11, "Veterans Day"),
          (12, 25, "Christmas Day"))  # fmt: skip
_NTH = ((1, MONDAY, 3, "Birthday of Martin Luther King, Jr."), (2, MONDAY, 3, "Washington's Birthday"),
        (9, MONDAY, 1, "Labor Day"), (10, MONDAY, 2, "Columbus Day"),
        (11, THURSDAY, 4, "Thanksgiving Day"))  # fmt: skip
JUNETEENTH_SINCE = 2021


def federal_holidays(first: int, last: int) -> dict[date, str]:
    """Observed days and names in the calendar years ``first`` to ``last``."""
    # New Year's Day of the year after may be observed on December 31.
    found = {day: name for year in range(first, last + 2) for day, name in _of_year(year)}
    return {day: found[day] for day in sorted(found) if first <= day.year <= last}


def _of_year(year: int) -> Iterator[tuple[date, str]]:
    for month, day, name in _FIXED:
        if name != "Juneteenth" or year >= JUNETEENTH_SINCE:
            yield _observed(date(year, month, day)), name
    for month, weekday, nth, name in _NTH:
        yield _nth_weekday(year, month, weekday, nth), name
    yield _last_monday_of_may(year), "Memorial Day"


def _observed(day: date) -> date:
    shift = {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(shift)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(last.weekday())
