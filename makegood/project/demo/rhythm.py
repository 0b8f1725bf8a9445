"""When people call: by hour of the day and day of the week of the caller's own zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from makegood.project.demo.cast import RANGE_DAYS

HOUR_S = 3_600
OPERATOR_ZONE = ZoneInfo("America/New_York")

# Calls per hour of the local day, midnight first: nights are quiet, eleven is the top, lunch dips a little.
_HOURS = (2, 1, 1, 1, 1, 4, 10, 24, 48, 73, 88, 94, 84, 80, 85, 83, 76, 64, 48, 36, 26, 16, 9, 4)
_WEEKDAYS = (116, 112, 107, 104, 99, 61, 45)

ZONES: dict[str, tuple[str, ...]] = {
    "America/New_York": tuple("CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA WV ON".split()),
    "America/Chicago": tuple("AL AR IA IL KS LA MN MO MS NE OK TN TX WI".split()),
    "America/Denver": tuple("CO ID MT NM UT AB".split()),
    "America/Phoenix": ("AZ",),
    "America/Los_Angeles": tuple("CA NV OR WA BC".split()),
    "Pacific/Honolulu": ("HI",),
}

# Inhabitants in hundred thousands, rounded: where callers come from.
_PEOPLE: dict[str, int] = {
    "AL": 50, "AZ": 72, "AR": 30, "CA": 395, "CO": 58, "CT": 36, "DC": 7, "DE": 10, "FL": 215, "GA": 107,
    "HI": 15, "IA": 32, "ID": 18, "IL": 128, "IN": 68, "KS": 29, "KY": 45, "LA": 47, "MA": 70, "MD": 62,
    "ME": 14, "MI": 101, "MN": 57, "MO": 62, "MS": 30, "MT": 11, "NC": 104, "NE": 20, "NH": 14, "NJ": 93,
    "NM": 21, "NV": 31, "NY": 202, "OH": 118, "OK": 40, "OR": 42, "PA": 130, "RI": 11, "SC": 51,
    "TN": 69, "TX": 291, "UT": 33, "VA": 86, "WA": 77, "WI": 59, "WV": 18,
}  # fmt: skip
PROVINCES: tuple[tuple[str, int], ...] = (("ON", 142), ("BC", 50), ("AB", 43))

_STATE_ZONE = {state: zone for zone, states in ZONES.items() for state in states}


@dataclass(frozen=True)
class Slot:
    """One hour of the log: ``calls`` in its first ``seconds``, states weighted by their local hour."""

    start: datetime
    calls: int
    seconds: int
    states: tuple[tuple[str, float], ...]


def first_hour(now: datetime) -> datetime:
    """The full hour the log begins at."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=RANGE_DAYS)


def prefix(hour: datetime) -> tuple[str, str]:
    """How a time of that hour begins and ends, in the operator's zone: ``2026-03-01T14:``, ``-05:00``."""
    text = hour.astimezone(OPERATOR_ZONE).isoformat()
    return text[:14], text[19:]


def _weights(hour: datetime) -> tuple[tuple[str, float], ...]:
    """How likely a call in that hour comes from each state."""
    by_zone: dict[str, int] = {}
    for zone in ZONES:
        local = hour.astimezone(ZoneInfo(zone))
        by_zone[zone] = _HOURS[local.hour] * _WEEKDAYS[local.weekday()]
    return tuple((state, float(people * by_zone[_STATE_ZONE[state]])) for state, people in _PEOPLE.items())


def slots(calls: int, end: datetime) -> Iterator[Slot]:
    """The hours up to ``end`` with so many calls together, never one more or less."""
    first = first_hour(end)
    hours = [first + timedelta(hours=place) for place in range(RANGE_DAYS * 24 + 1)]
    lengths = [min(HOUR_S, int((end - hour).total_seconds())) for hour in hours]
    weights = [_weights(hour) for hour in hours]
    sizes = [sum(weight for _, weight in states) * length for states, length in zip(weights, lengths, strict=True)]
    whole = sum(sizes)
    so_far = 0.0
    given = 0
    for place, hour in enumerate(hours):
        so_far += sizes[place]
        due = calls if place == len(hours) - 1 else int(calls * so_far / whole)
        if lengths[place] > 0:
            yield Slot(hour, due - given, lengths[place], weights[place])
            given = due
