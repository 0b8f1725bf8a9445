"""What clocks and calendars forbid, tried one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from makegood.disputes.models import Calendar, Dispute, Holiday, SlaClock
from makegood.parties.models import Zone
from tests.refusals import refused_by
from tests.world import DisputeMaker

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
STOPPED = {"outcome": "met", "stopped_at": NOON, "stopped_by": 2}


def add_clock(dispute: Dispute, **overrides: Any) -> SlaClock:
    facts: dict[str, Any] = {
        "dispute": dispute,
        "round": 1,
        "kind": "decision",
        "unit": "wall",
        "started_by": 1,
        "started_at": NOON,
        "target_at": NOON + timedelta(hours=1),
        "breach_at": NOON + timedelta(hours=2),
        "outcome": "running",
    }
    return SlaClock.objects.create(**{**facts, **overrides})


def test_second_running_clock_of_a_kind(make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    add_clock(dispute, started_by=1, **STOPPED)
    add_clock(dispute, started_by=2)
    add_clock(dispute, started_by=3, kind="info")
    with refused_by("one_running_clock"):
        add_clock(dispute, started_by=4)


def test_second_clock_by_one_event(make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    add_clock(dispute, **STOPPED)
    with refused_by("clock_once_per_event"):
        add_clock(dispute)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"target_at": None, "breach_at": None}, "clock_has_a_limit"),
        ({"target_at": NOON, "breach_at": NOON - timedelta(seconds=1)}, "clock_limits_in_order"),
        ({"outcome": "met"}, "clock_stopped_has_outcome"),
        ({"stopped_at": NOON, "stopped_by": 2}, "clock_stopped_has_outcome"),
        ({"outcome": "missed", "stopped_at": NOON}, "clock_stopped_has_outcome"),
        ({**STOPPED, "paused_at": NOON}, "clock_paused_runs"),
    ],
)
def test_clock_that_does_not_fit(make_dispute: DisputeMaker, facts: dict[str, Any], constraint: str) -> None:
    dispute = make_dispute()
    with refused_by(constraint):
        add_clock(dispute, **facts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"weekdays": []}, "calendar_weekdays"),
        ({"weekdays": [0, 7]}, "calendar_weekdays"),
        ({"weekdays": [0], "closes_at": time()}, "calendar_closes_later"),
        ({"weekdays": [0], "opens_at": time(9), "closes_at": time(9, 59)}, "calendar_open_for_an_hour"),
        ({"weekdays": [0], "opens_at": time(23, 30), "closes_at": time(23, 40)}, "calendar_open_for_an_hour"),
        ({"weekdays": [0], "opens_at": time(23, 1)}, "calendar_open_for_an_hour"),
    ],
)
def test_calendar_that_does_not_fit(facts: dict[str, Any], constraint: str) -> None:
    zone = Zone.objects.create(name="UTC")
    with refused_by(constraint):
        Calendar.objects.create(key="desk", name="Desk", zone=zone, **facts)


@pytest.mark.django_db
def test_second_holiday_on_a_day() -> None:
    calendar = Calendar.objects.create(key="desk", name="Desk", zone=Zone.objects.create(name="UTC"), weekdays=[0])
    Holiday.objects.create(calendar=calendar, on=date(2026, 12, 25))
    with refused_by("holiday_once"):
        Holiday.objects.create(calendar=calendar, on=date(2026, 12, 25))
