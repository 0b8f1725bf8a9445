"""Business days and open hours: deadlines and pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from makegood.disputes.policy.business_days import BusinessDays
from makegood.disputes.policy.clocks import Profile, outcome_at, profile_of, resumed
from makegood.disputes.policy.windows import EVERY_DAY, WEEKDAYS, cutoff
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit

CASES, SEED = 20_000, 20_261_122
ZONES = ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana")
START = datetime(2025, 12, 1, tzinfo=UTC)
YEAR_S = 400 * 86_400
NEW_YORK = BusinessDays(ZoneInfo("America/New_York"))
TICK = timedelta(microseconds=1)


def at(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def random_calendar(random: Random, zone: str) -> BusinessDays:
    holidays = frozenset(START.date() + timedelta(days=random.randrange(420)) for _ in range(random.randrange(25)))
    closes_at = random.choice((None, None, time(17), time(9, 30)))
    return BusinessDays(ZoneInfo(zone), random.choice((WEEKDAYS, EVERY_DAY, {0, 2, 3})), holidays, closes_at)


def random_instant(random: Random) -> datetime:
    return START + timedelta(seconds=random.randrange(YEAR_S), microseconds=random.randrange(10**6))


def deadline_of_the_definition(anchor: datetime, n: int, days: BusinessDays) -> datetime:
    """Word by word: the end of the n-th business day after the local day of the anchor."""
    day, found = anchor.astimezone(days.zone).date(), 0
    while found < n:
        day += timedelta(1)
        found += day.weekday() in days.weekdays and day not in days.holidays
    closes_at, on = (time(), day + timedelta(1)) if days.closes_at is None else (days.closes_at, day)
    return datetime.combine(on, closes_at, days.zone).astimezone(UTC)


@pytest.mark.slow
def test_deadlines_and_their_inversion_on_random_instants_zones_and_holidays() -> None:
    """20,000 cases in 4 zones: the definition holds, and where a day ends at midnight the cutoff inverts it."""
    random = Random(SEED)  # noqa: S311 - a seeded walk, not a secret
    inverted = 0
    for case in range(CASES):
        if case % 50 < 4:
            calendars = {zone: random_calendar(random, zone) for zone in ZONES}
        days, n = calendars[ZONES[case % 4]], random.randrange(1, 9)
        anchor, now = random_instant(random), random_instant(random)
        end = days.deadline(anchor, n)
        assert end == deadline_of_the_definition(anchor, n, days)
        assert end > anchor
        if days.closes_at is None:
            inverted += 1
            for moment in (now, end, end - TICK):
                edge = cutoff(moment, n, days.zone, days.holidays, days.weekdays)
                assert (anchor >= edge) == (moment < end)
    assert inverted > CASES // 4


@pytest.mark.slow
def test_a_pause_keeps_what_was_left() -> None:
    """No deadline moves back, a pause within one day moves a day's end nowhere, open days left are kept."""
    random = Random(SEED + 1)  # noqa: S311 - a seeded walk, not a secret
    for case in range(CASES):
        if case % 50 < 4:
            calendars = {zone: random_calendar(random, zone) for zone in ZONES}
        days, unit = calendars[ZONES[case % 4]], list(ClockUnit)[case % len(ClockUnit)]
        anchor = random_instant(random)
        first, later = sorted(random.randrange(1, 9) for _ in range(2))
        target, breach = Profile(unit, first, later).due(anchor, days)
        assert target is not None
        assert breach is not None
        paused = anchor + timedelta(seconds=random.randrange(86_400 * 5))
        back = paused + timedelta(seconds=random.randrange(86_400 * 9))
        moved = [resumed(limit, unit, paused_at=paused, resumed_at=back, days=days) for limit in (target, breach)]
        assert moved == sorted(moved)
        for before, after in zip((target, breach), moved, strict=True):
            if before <= paused:
                assert after == before
                continue
            assert after >= before
            assert after > back
            if unit is ClockUnit.OPEN_HOURS:
                assert days.open_time(back, after) == days.open_time(paused, before)
            elif unit is ClockUnit.WALL:
                assert after - back == before - paused
            elif unit is ClockUnit.BUSINESS_DAYS and days.day_of(back) == days.day_of(paused) and back < before:
                assert after == before
            elif unit is ClockUnit.BUSINESS_DAYS and days.closes_at is None:
                left = days.open_days_between(days.day_of(paused), days.day_ended_by(before))
                gained = days.open_days_between(days.day_of(back), days.day_ended_by(after))
                assert gained == left or (left == 0 and gained == 1 and not days.is_open(days.day_of(back)))


@pytest.mark.parametrize(
    ("case", "profile", "start", "target", "breach"),
    [
        ("wall hours", Profile(ClockUnit.WALL, 24, 48), "2026-11-20T16:50", "2026-11-21T16:50", "2026-11-22T16:50"),
        ("wall hours over a change of clocks", Profile(ClockUnit.WALL, 24, None), "2026-10-31T12:00",
         "2026-11-01T11:00", None),
        ("Friday afternoon", Profile(ClockUnit.BUSINESS_DAYS, 2, 3), "2026-11-20T16:50", "2026-11-25T00:00",
         "2026-11-26T00:00"),
        ("over a weekend, same time", Profile(ClockUnit.SAME_TIME, 2, 3), "2026-11-20T16:50", "2026-11-24T16:50",
         "2026-11-25T16:50"),
        ("sent on a Saturday", Profile(ClockUnit.BUSINESS_DAYS, 1, 2), "2026-11-21T08:00", "2026-11-24T00:00",
         "2026-11-25T00:00"),
    ],
)  # fmt: skip
def test_limits_of_a_profile(case: str, profile: Profile, start: str, target: str, breach: str | None) -> None:
    due = profile.due(at(start), NEW_YORK)
    assert due == (at(target), at(breach) if breach else None), case


def test_open_hours_pass_while_the_calendar_is_open() -> None:
    desk = BusinessDays(NEW_YORK.zone, holidays={date(2026, 11, 26)}, opens_at=time(9), closes_at=time(17))
    due = Profile(ClockUnit.OPEN_HOURS, 2, 10).due(at("2026-11-25T16:00"), desk)
    assert due == (at("2026-11-27T10:00"), at("2026-11-30T10:00"))
    assert Profile(ClockUnit.OPEN_HOURS, 8, None).due(at("2026-11-21T12:00"), desk)[0] == at("2026-11-23T17:00")


@pytest.mark.parametrize(
    ("zone", "day", "opens", "closes", "begins", "ends"),
    [
        # The clock leaps from 2:00 to 3:00, and over what lies between.
        ("America/New_York", date(2027, 3, 14), time(2, 15), time(2, 45), "2027-03-14T07:00", "2027-03-14T07:00"),
        # It goes back from 2:00 to 1:00: the first of both half past one.
        ("America/New_York", date(2026, 11, 1), time(1, 30), time(2), "2026-11-01T05:30", "2026-11-01T07:00"),
        # Half an hour each way.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), None, "2026-10-03T15:30", "2026-10-04T13:00"),
        ("Australia/Lord_Howe", date(2027, 4, 4), None, time(1, 45), "2027-04-03T13:00", "2027-04-03T14:45"),
        # A day that has no midnight.
        ("America/Havana", date(2027, 3, 14), None, None, "2027-03-14T05:00", "2027-03-15T04:00"),
        # A day that there never was.
        ("Pacific/Apia", date(2011, 12, 30), time(9), time(17), "2011-12-30T10:00", "2011-12-30T10:00"),
    ],
)
def test_a_day_opens_and_closes_by_the_clock_on_the_wall(
    zone: str, day: date, opens: time | None, closes: time | None, begins: str, ends: str
) -> None:
    days = BusinessDays(ZoneInfo(zone), EVERY_DAY, frozenset(), closes, opens)
    assert (days.start_of(day), days.end_of(day)) == (at(begins, "UTC"), at(ends, "UTC"))


def test_a_long_count_leaps_over_weeks() -> None:
    """Far beyond what a program may promise, and at once."""
    sundays = BusinessDays(ZoneInfo("UTC"), {6}, {date(2026, 11, 29) + timedelta(weeks=n) for n in range(40)})
    day = sundays.nth_open_day(date(2026, 11, 22), 100_000)
    assert day == date(2026, 11, 22) + timedelta(weeks=100_040)
    assert sundays.open_days_between(date(2026, 11, 22), day) == 100_000


def test_a_calendar_that_closes_at_five_ends_its_days_then() -> None:
    days = BusinessDays(ZoneInfo("America/New_York"), closes_at=time(17))
    assert days.deadline(at("2026-11-20T16:50"), 2) == at("2026-11-24T17:00")
    assert days.deadline(at("2026-11-20T18:00"), 2) == at("2026-11-24T17:00")


@pytest.mark.parametrize(
    ("unit", "limit", "paused", "back", "expected"),
    [
        # Thursday left; three days pass; the Tuesday after the way back is the open day that was left.
        (ClockUnit.BUSINESS_DAYS, "2026-11-20T00:00", "2026-11-18T10:00", "2026-11-23T09:00", "2026-11-25T00:00"),
        # Nothing but the day of the pause was left: the day it goes on.
        (ClockUnit.BUSINESS_DAYS, "2026-11-20T00:00", "2026-11-19T10:00", "2026-11-23T09:00", "2026-11-24T00:00"),
        # .. or, where that is closed, the next open one.
        (ClockUnit.BUSINESS_DAYS, "2026-11-20T00:00", "2026-11-19T10:00", "2026-11-21T09:00", "2026-11-24T00:00"),
        (ClockUnit.SAME_TIME, "2026-11-19T10:00", "2026-11-18T15:00", "2026-11-23T09:00", "2026-11-24T10:00"),
        (ClockUnit.SAME_TIME, "2026-11-19T10:00", "2026-11-19T09:00", "2026-11-23T11:00", "2026-11-24T10:00"),
        (ClockUnit.WALL, "2026-11-19T10:00", "2026-11-19T09:00", "2026-11-23T11:00", "2026-11-23T12:00"),
        # What had passed before the pause stays passed.
        (ClockUnit.WALL, "2026-11-19T10:00", "2026-11-19T10:00", "2026-11-23T11:00", "2026-11-19T10:00"),
        (ClockUnit.BUSINESS_DAYS, "2026-11-19T00:00", "2026-11-19T10:00", "2026-11-23T11:00", "2026-11-19T00:00"),
    ],
)
def test_a_clock_goes_on_with_what_was_left(unit: ClockUnit, limit: str, paused: str, back: str, expected: str) -> None:
    assert resumed(at(limit), unit, paused_at=at(paused), resumed_at=at(back), days=NEW_YORK) == at(expected)


def test_a_profile_is_read_from_the_settings_of_a_program() -> None:
    settings = {
        "sla": {
            "first_touch": {"target_hours": 4},
            "decision": {"target_business_days": 2, "breach_business_days": 3},
            "re_review": {"target_business_days": 1, "breach_business_days": 1, "same_time": True},
            "info": {"hours": 72},
        }
    }
    assert {kind: profile_of(settings, kind) for kind in ClockKind} == {
        ClockKind.FIRST_TOUCH: Profile(ClockUnit.WALL, 4, None),
        ClockKind.DECISION: Profile(ClockUnit.BUSINESS_DAYS, 2, 3),
        ClockKind.RE_REVIEW: Profile(ClockUnit.SAME_TIME, 1, 1),
        ClockKind.INFO: Profile(ClockUnit.WALL, 72, 72),
    }
    open_hours = {"target_open_hours": 8, "breach_open_hours": 16}
    assert profile_of({"sla": {"decision": open_hours}}, ClockKind.DECISION) == Profile(ClockUnit.OPEN_HOURS, 8, 16)
    assert profile_of({"sla": {"decision": {}}}, ClockKind.DECISION) is None
    assert profile_of({"sla": {"decision": {"clock": "wall"}}}, ClockKind.DECISION) is None
    assert profile_of({}, ClockKind.DECISION) is None


def test_a_question_lapses_after_three_days_unless_the_program_says_otherwise() -> None:
    assert profile_of({}, ClockKind.INFO) == Profile(ClockUnit.WALL, 72, 72)
    assert profile_of({"sla": {"info": {"hours": 24}}}, ClockKind.INFO) == Profile(ClockUnit.WALL, 24, 24)
    assert profile_of({"sla": {"info": None}}, ClockKind.INFO) is None


@pytest.mark.parametrize(
    "said",
    [
        {"target_hours": 0},
        {"target_hours": "24"},
        {"target_hours": True},
        {"target_hours": 48, "breach_hours": 24},
        {"target_hours": 1_000_000_000},
        {"target_business_days": 1_001},
        {"target_hours": 24_001},
        {"breach_open_hours": 2_001},
        24,
        ["target_hours"],
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="a clock"):
        profile_of({"sla": {"decision": said}}, ClockKind.DECISION)


def test_a_clock_is_met_before_its_breach_and_missed_from_then_on() -> None:
    target, breach = at("2026-11-19T10:00"), at("2026-11-19T12:00")
    assert outcome_at(breach - TICK, target, breach) is ClockOutcome.MET
    assert outcome_at(breach, target, breach) is ClockOutcome.MISSED
    assert outcome_at(target, target, None) is ClockOutcome.MISSED
