"""Calendars: typed by people, or the federal one by rule."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from makegood.disputes import errors, operations
from makegood.disputes.models import Calendar, Holiday
from makegood.disputes.selectors.calendars import calendars
from makegood.journal.models import JournalEvent
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted, UnknownZone
from tests.refusals import unchanged

CHRISTMAS = {date(2026, 12, 25): "Christmas Day"}


@pytest.mark.django_db
def test_a_calendar_computes_as_it_was_typed() -> None:
    calendar = operations.set_calendar(
        SYSTEM,
        key="desk",
        name="Our desk",
        zone="Asia/Kolkata",
        holidays=CHRISTMAS,
        weekdays={5, 0, 1},
        opens_at=time(9, 30),
        closes_at=time(18),
    )
    ((pk, days),) = calendars().values()
    assert pk == calendar.pk
    assert days.zone == ZoneInfo("Asia/Kolkata")
    assert (days.weekdays, days.holidays) == ({0, 1, 5}, set(CHRISTMAS))
    assert (days.opens_at, days.closes_at) == (time(9, 30), time(18))
    event = JournalEvent.objects.get(event="calendar.set")
    assert event.changes == {"key": "desk", "zone": "Asia/Kolkata", "weekdays": [0, 1, 5], "holidays": 1}


@pytest.mark.django_db
def test_setting_it_again_replaces_it() -> None:
    first = operations.set_calendar(SYSTEM, key="desk", name="Desk", zone="UTC", holidays=CHRISTMAS)
    again = operations.set_calendar(SYSTEM, key="desk", name="The desk", zone="UTC", holidays={}, closes_at=time())
    assert (again.pk, again.name, again.closes_at) == (first.pk, "The desk", None)
    assert Holiday.objects.count() == 0


@pytest.mark.django_db
def test_the_federal_calendar_has_its_holidays() -> None:
    operations.set_federal_calendar(SYSTEM, key="us", zone="America/New_York", first=2026, last=2027)
    calendar = Calendar.objects.get(key="us")
    assert list(calendar.weekdays) == [0, 1, 2, 3, 4]
    assert calendar.holidays.filter(on=date(2026, 11, 26), name="Thanksgiving Day").exists()
    assert calendar.holidays.filter(on=date(2027, 12, 31)).exists()  # New Year's Day of 2028 is observed on it


@pytest.mark.django_db
@pytest.mark.parametrize("weekdays", [set(), {7}, {0, -1}])
def test_a_calendar_without_days_is_refused(weekdays: set[int]) -> None:
    with unchanged(), pytest.raises(errors.BadWeekdays) as caught:
        operations.set_calendar(SYSTEM, key="k", name="K", zone="UTC", holidays={}, weekdays=weekdays)
    assert str(caught.value) == (
        "BAD_WEEKDAYS: A calendar is open on at least one day of the week, Monday (0) to Sunday (6)."
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opens_at", "closes_at"), [(time(17), time(9)), (time(9), time(9, 59)), (time(23, 30), None), (None, time(0, 30))]
)
def test_a_calendar_that_hardly_opens_is_refused(opens_at: time | None, closes_at: time | None) -> None:
    with unchanged(), pytest.raises(errors.BadHours) as caught:
        operations.set_calendar(
            SYSTEM, key="k", name="K", zone="UTC", holidays={}, opens_at=opens_at, closes_at=closes_at
        )
    assert str(caught.value) == "BAD_HOURS: A calendar opens before it closes, and is open for an hour at least."


@pytest.mark.django_db
def test_a_calendar_nowhere_is_refused() -> None:
    with unchanged(), pytest.raises(UnknownZone):
        operations.set_calendar(SYSTEM, key="k", name="K", zone="Mars/Olympus", holidays={})


def test_who_may_not_edit_the_policy_sets_no_calendar(manager: Principal) -> None:
    with unchanged(), pytest.raises(NotPermitted):
        operations.set_calendar(manager, key="k", name="K", zone="UTC", holidays={})
