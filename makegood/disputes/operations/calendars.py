"""Sets up calendars: typed by people, or computed by a rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, time

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.models import Calendar, Holiday
from makegood.disputes.policy.federal_holidays import federal_holidays
from makegood.disputes.policy.windows import EVERY_DAY, WEEKDAYS
from makegood.journal.operations import record
from makegood.parties.entries import Principal
from makegood.parties.operations import zone_named
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def set_calendar(
    principal: Principal,
    *,
    key: str,
    name: str,
    zone: str,
    holidays: Mapping[date, str],
    weekdays: Collection[int] = WEEKDAYS,
    closes_at: time | None = None,
) -> Calendar:
    """Make or replace a calendar; clocks that run keep the deadlines they have. Monday is weekday 0;
    without ``closes_at``, or at midnight, a day ends at midnight.

    Errors: UNKNOWN_ZONE, BAD_WEEKDAYS. Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    if not weekdays or not EVERY_DAY.issuperset(weekdays):
        raise errors.BadWeekdays()
    calendar, _ = Calendar.objects.update_or_create(
        key=key,
        defaults={
            "name": name,
            "zone": zone_named(zone),
            "weekdays": sorted(set(weekdays)),
            "closes_at": None if closes_at == time() else closes_at,
        },
    )
    calendar.holidays.all().delete()
    Holiday.objects.bulk_create(Holiday(calendar=calendar, on=on, name=words) for on, words in holidays.items())
    record(
        principal,
        verb="set_calendar",
        event="calendar.set",
        object_kind="calendar",
        object_id=calendar.pk,
        changes={"key": key, "zone": zone, "weekdays": sorted(set(weekdays)), "holidays": len(holidays)},
    )
    return calendar


def set_federal_calendar(principal: Principal, *, key: str, zone: str, first: int, last: int) -> Calendar:
    """The business days of the United States' federal government, for the years ``first`` to ``last``.

    Errors: UNKNOWN_ZONE. Raises NotPermitted.
    """
    holidays = federal_holidays(first, last)
    return set_calendar(principal, key=key, name="United States, federal", zone=zone, holidays=holidays)
