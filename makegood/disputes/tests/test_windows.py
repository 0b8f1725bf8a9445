"""Windows of time: the inversion, and the boundaries in zones whose clocks change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from makegood.disputes.policy import words
from makegood.disputes.policy.windows import EVERY_DAY, WEEKDAYS, cutoff, deadline

CASES, SEED = 20_000, 20_261_130
ZONES = ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana")
TICK = timedelta(microseconds=1)
START = datetime(2025, 12, 1, tzinfo=UTC)
YEAR_S = 400 * 86_400


def _holidays(random: Random) -> Collection[date]:
    return {START.date() + timedelta(days=random.randrange(400)) for _ in range(random.randrange(25))}


@pytest.mark.slow
def test_cutoff_is_the_inverse_of_deadline_on_random_instants() -> None:
    """anchor >= cutoff(now) <=> now < deadline(anchor), half of the anchors within moments of the boundary."""
    random = Random(SEED)  # noqa: S311 - a seeded walk, not a secret
    zones = [ZoneInfo(name) for name in ZONES]
    inside = 0
    for n in range(CASES):
        zone, days, weekdays = zones[n % 4], random.randrange(1, 9), random.choice((WEEKDAYS, EVERY_DAY, {0, 2, 3}))
        if n % 50 == 0:
            holidays = _holidays(random)
        now = START + timedelta(seconds=random.randrange(YEAR_S), microseconds=random.randrange(10**6))
        edge = cutoff(now, days, zone, holidays, weekdays)
        near = edge + random.choice((-1, 0, 1)) * random.choice((TICK, timedelta(minutes=31), timedelta(hours=1)))
        anchor = near if random.random() < 0.5 else now - timedelta(seconds=random.randrange(20 * 86_400))
        is_open = now < deadline(anchor, days, zone, holidays, weekdays)
        assert (anchor >= edge) == is_open, (now, anchor, days, zone.key)
        inside += is_open
    assert CASES // 4 < inside < 3 * CASES // 4


@pytest.mark.parametrize("name", ZONES)
def test_a_window_closes_at_midnight_there_and_not_a_moment_before(name: str) -> None:
    zone = ZoneInfo(name)
    for day in range(0, 380, 3):
        anchor = START + timedelta(days=day, hours=day % 24)
        end = deadline(anchor, 2, zone, weekdays=EVERY_DAY)
        assert cutoff(end - TICK, 2, zone, weekdays=EVERY_DAY) <= anchor < cutoff(end, 2, zone, weekdays=EVERY_DAY)
        assert (end - TICK).astimezone(zone).date() < end.astimezone(zone).date()


BUSINESS = [
    (
        "Thursday, two business days, ends Monday night",
        datetime(2026, 11, 19, 15, tzinfo=UTC),
        2,
        "UTC",
        (),
        "2026-11-24T00:00:00+00:00",
    ),
    (
        "Friday night in New York is Saturday in UTC",
        datetime(2026, 11, 21, 3, tzinfo=UTC),
        1,
        "America/New_York",
        (),
        "2026-11-24T05:00:00+00:00",
    ),
    (
        "a holiday is skipped",
        datetime(2026, 11, 19, 15, tzinfo=UTC),
        2,
        "UTC",
        (date(2026, 11, 23),),
        "2026-11-25T00:00:00+00:00",
    ),
    ("half-hour zone", datetime(2026, 11, 18, 12, tzinfo=UTC), 1, "Asia/Kolkata", (), "2026-11-19T18:30:00+00:00"),
    (
        "over the end of summer time",
        datetime(2026, 10, 30, 12, tzinfo=UTC),
        1,
        "America/New_York",
        (),
        "2026-11-03T05:00:00+00:00",
    ),
    (
        "over the start of summer time",
        datetime(2026, 3, 6, 12, tzinfo=UTC),
        1,
        "America/New_York",
        (),
        "2026-03-10T04:00:00+00:00",
    ),
    (
        "half-hour clock change",
        datetime(2026, 4, 3, 2, tzinfo=UTC),
        1,
        "Australia/Lord_Howe",
        (),
        "2026-04-06T13:30:00+00:00",
    ),
]


@pytest.mark.parametrize(
    ("anchor", "days", "zone", "holidays", "end"), [b[1:] for b in BUSINESS], ids=[b[0] for b in BUSINESS]
)
def test_deadlines_known_by_hand(anchor: datetime, days: int, zone: str, holidays: tuple[date, ...], end: str) -> None:
    assert deadline(anchor, days, ZoneInfo(zone), holidays).isoformat() == end


SPANS = [
    (timedelta(days=8, hours=5, minutes=50), "8 days 5 hours"),
    (timedelta(days=1), "1 day"),
    (timedelta(days=2, minutes=40), "2 days"),
    (timedelta(hours=1, minutes=1), "1 hour 1 minute"),
    (timedelta(minutes=40, seconds=59), "40 minutes"),
    (timedelta(seconds=59), "less than a minute"),
    (-timedelta(hours=3), "3 hours"),
]


@pytest.mark.parametrize(("span", "text"), SPANS)
def test_spans_of_time_read_in_their_two_largest_units(span: timedelta, text: str) -> None:
    assert words.span(span) == text


@pytest.mark.parametrize(("hours", "text"), [(168, "7 days"), (24, "1 day"), (30, "30 hours"), (1, "1 hour")])
def test_hours_read_as_days_where_they_are_whole_days(hours: int, text: str) -> None:
    assert words.hours(hours) == text
