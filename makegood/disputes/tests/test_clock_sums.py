"""Each clock can show its own sum: it comes to the deadlines that are kept, day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from makegood.disputes.policy.business_days import BusinessDays
from makegood.disputes.policy.clock_sum import IN_DAYS, MOST_ROWS, Course, clock_sum
from makegood.disputes.policy.clocks import Profile
from makegood.disputes.states import ClockUnit
from makegood.disputes.tests.test_clocks_against_reference import SEED, cases, run

OFFICE = BusinessDays(ZoneInfo("America/New_York"), frozenset(range(5)), {date(2026, 11, 26)}, time(17), time(9))
NAMES = {date(2026, 11, 26): "Thanksgiving Day"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE.zone)


@pytest.mark.slow
def test_the_sum_comes_to_what_is_kept_and_adds_up() -> None:
    """On 2,000 random clocks: the same deadlines, every row the sum so far, and the last row what was promised."""
    exact = 0
    for case in cases(2_000, SEED + 2):
        clock = run(case)
        found = clock_sum(Course(case.profile, case.start, case.pauses, case.stop), case.days, {})
        assert (found.target_at, found.breach_at) == (clock.target_at, clock.breach_at)
        in_days = case.profile.unit in IN_DAYS
        total = 0 if in_days else timedelta()
        for row in found.rows:
            total = total + row.added  # type: ignore[operator]
            assert row.total == total
            assert row.why or row.added
        if found.left_out:
            continue
        promised = case.profile.breach or case.profile.target or 0
        if not in_days:
            assert total == timedelta(hours=promised)
        elif case.pauses:  # a pause on the last day leaves the rest of it to another one
            assert isinstance(total, int)
            assert promised <= total <= promised + len(case.pauses)
        else:
            assert total == promised
        exact += 1
    assert exact > 1_900


def test_business_days_say_why_a_day_does_not_count() -> None:
    pauses = [(at("2026-11-23T10:00"), at("2026-11-24T15:00"))]
    course = Course(Profile(ClockUnit.BUSINESS_DAYS, 1, 3), at("2026-11-20T16:50"), pauses, at("2026-11-24T16:00"))
    found = clock_sum(course, OFFICE, NAMES)
    assert [(f"{row.day:%a %d}", row.added, row.total, row.why, row.marks) for row in found.rows] == [
        ("Fri 20", 0, 0, "the day it began, which does not count", ("began",)),
        ("Sat 21", 0, 0, "Saturday: not a day of work", ()),
        ("Sun 22", 0, 0, "Sunday: not a day of work", ()),
        ("Mon 23", 1, 1, "", ()),
        ("Tue 24", 0, 1, "the day it went on, which does not count", ("target", "ended")),
        ("Wed 25", 1, 2, "", ()),
        ("Thu 26", 0, 2, "Thanksgiving Day", ()),
        ("Fri 27", 1, 3, "", ("breach",)),
    ]
    assert (found.target_at, found.breach_at) == (at("2026-11-24T17:00"), at("2026-11-27T17:00"))
    assert found.rows[3].paused == ((at("2026-11-23T10:00"), at("2026-11-24T00:00")),)


def test_open_hours_and_elapsed_hours_add_up_to_the_minute() -> None:
    pauses = [(at("2026-11-25T10:00"), at("2026-11-25T12:30"))]
    hours = clock_sum(
        Course(Profile(ClockUnit.OPEN_HOURS, 8, None), at("2026-11-24T15:30"), pauses, at("2026-11-27T09:00")),
        OFFICE,
        NAMES,
    )
    assert [(row.added, row.why) for row in hours.rows] == [
        (timedelta(hours=1.5), ""),
        (timedelta(hours=5.5), "stood still while an answer was awaited"),
        (timedelta(), "Thanksgiving Day"),
        (timedelta(hours=1), ""),
    ]
    assert hours.target_at == at("2026-11-27T10:00")
    wall = clock_sum(
        Course(Profile(ClockUnit.WALL, 24, None), at("2026-10-31T12:00"), [], at("2026-11-01T09:00")), OFFICE, NAMES
    )
    assert [row.added for row in wall.rows] == [timedelta(hours=12)] * 2  # the night has an hour more
    assert wall.target_at == at("2026-11-01T11:00")


def test_a_long_clock_shows_its_first_days() -> None:
    course = Course(Profile(ClockUnit.BUSINESS_DAYS, 200, None), at("2026-11-20T16:50"), [], at("2026-11-21T00:00"))
    found = clock_sum(course, OFFICE, NAMES)
    assert (len(found.rows), found.left_out > 200) == (MOST_ROWS, True)
