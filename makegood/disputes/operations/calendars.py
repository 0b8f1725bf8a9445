"""Sets up calendars: typed by people, or computed by a rule."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, time
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.models import Calendar, Holiday
from makegood.disputes.policy.clocks import profile_of
from makegood.disputes.policy.escalation import escalation_of
from makegood.disputes.policy.public_holidays import FEDERAL, place_words, public_holidays
from makegood.disputes.policy.stamps import stamp_of
from makegood.disputes.policy.windows import EVERY_DAY, WEEKDAYS
from makegood.disputes.policy.words import spelled
from makegood.disputes.selectors.calendar_use import calendar_use, stamp_of_calendar
from makegood.disputes.selectors.escalation import told_of
from makegood.disputes.states import ClockKind
from makegood.journal.operations import record
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.operations import change_settings, zone_named
from makegood.parties.selectors import demand, demand_for_all
from makegood.parties.states import Verb

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FIRST_YEAR, _LAST_YEAR, _LONGEST_NAME = 1900, 2199, 200
_HOUR = _LEAST_SECONDS = 3_600
_FOR_ALL = "a calendar of every program"


@transaction.atomic
def set_calendar(
    principal: Principal,
    *,
    key: str,
    name: str,
    zone: str,
    holidays: Mapping[date, str],
    weekdays: Collection[int] = WEEKDAYS,
    opens_at: time | None = None,
    closes_at: time | None = None,
) -> Calendar:
    """Make or replace a calendar; clocks that run keep the deadlines they have. Monday is weekday 0;
    without ``opens_at`` or ``closes_at``, or at midnight, a day begins or ends at midnight.

    Errors: UNKNOWN_ZONE, BAD_WEEKDAYS, BAD_HOURS, BEYOND_YOUR_LIMITS. Raises NotPermitted.
    """
    demand_for_all(principal, Verb.POLICY_EDIT, _FOR_ALL)
    if not weekdays or not EVERY_DAY.issuperset(weekdays):
        raise errors.BadWeekdays()
    opens_at, closes_at = (None if at == time() else at for at in (opens_at, closes_at))
    if _seconds(closes_at, 24) - _seconds(opens_at, 0) < _LEAST_SECONDS:
        raise errors.BadHours()
    calendar, _ = Calendar.objects.update_or_create(
        key=key,
        defaults={
            "name": name,
            "zone": zone_named(zone),
            "weekdays": sorted(set(weekdays)),
            "opens_at": opens_at,
            "closes_at": closes_at,
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


def _seconds(at: time | None, hour: int) -> int:
    return hour * _HOUR if at is None else at.hour * _HOUR + at.minute * 60 + at.second


@transaction.atomic
def create_calendar(
    principal: Principal,
    *,
    key: str,
    name: str,
    zone: str,
    weekdays: Collection[int] = WEEKDAYS,
    opens_at: time | None = None,
    closes_at: time | None = None,
) -> Calendar:
    """Make a calendar without holidays.

    Errors: BAD_CALENDAR_KEY, CALENDAR_EXISTS, UNKNOWN_ZONE, BAD_WEEKDAYS, BAD_HOURS, BEYOND_YOUR_LIMITS. Raises
    NotPermitted.
    """
    demand_for_all(principal, Verb.POLICY_EDIT, _FOR_ALL)
    if not _KEY.fullmatch(key):
        raise errors.BadCalendarKey()
    if Calendar.objects.filter(key=key).exists():
        raise errors.CalendarExists(key=key)
    hours = {"opens_at": opens_at, "closes_at": closes_at}
    return set_calendar(principal, key=key, name=name or key, zone=zone, holidays={}, weekdays=weekdays, **hours)


@transaction.atomic
def change_calendar(
    principal: Principal,
    *,
    key: str,
    seen: str,
    name: str | None = None,
    zone: str | None = None,
    weekdays: Collection[int] | None = None,
    opens_at: time | None = None,
    closes_at: time | None = None,
    add: Mapping[date, str] | None = None,
    remove: Collection[date] = (),
) -> Calendar:
    """Change what is named of a calendar, and add or take away holidays; ``seen`` is the stamp of what was looked at.

    ``opens_at`` and ``closes_at`` count where ``weekdays`` are named. Clocks that run keep the deadlines they have.
    Errors: CALENDAR_UNKNOWN, CALENDAR_CHANGED, UNKNOWN_ZONE, BAD_WEEKDAYS, BAD_HOURS, BAD_HOLIDAY,
    BEYOND_YOUR_LIMITS. Raises NotPermitted.
    """
    demand_for_all(principal, Verb.POLICY_EDIT, _FOR_ALL)
    calendar = _locked(key, seen)
    if any(not _FIRST_YEAR <= on.year <= _LAST_YEAR or len(words) > _LONGEST_NAME for on, words in (add or {}).items()):
        raise errors.BadHoliday()
    closed = {holiday.on: holiday.name for holiday in calendar.holidays.all() if holiday.on not in set(remove)}
    return set_calendar(
        principal,
        key=key,
        name=calendar.name if name is None else name or key,
        zone=calendar.zone.name if zone is None else zone,
        holidays={**closed, **(add or {})},
        weekdays=calendar.weekdays if weekdays is None else weekdays,
        opens_at=calendar.opens_at if weekdays is None else opens_at,
        closes_at=calendar.closes_at if weekdays is None else closes_at,
    )


@transaction.atomic
def remove_calendar(principal: Principal, *, key: str, seen: str) -> None:
    """Throw a calendar away that nothing counts by.

    Errors: CALENDAR_UNKNOWN, CALENDAR_CHANGED, CALENDAR_IN_USE, BEYOND_YOUR_LIMITS. Raises NotPermitted.
    """
    demand_for_all(principal, Verb.POLICY_EDIT, _FOR_ALL)
    calendar = _locked(key, seen)
    use = calendar_use(calendar)
    if use.cause:
        raise errors.CalendarInUse(key=key, cause=use.cause)
    record(
        principal,
        verb="remove_calendar",
        event="calendar.removed",
        object_kind="calendar",
        object_id=calendar.pk,
        changes={"key": key},
    )
    calendar.delete()


def _locked(key: str, seen: str) -> Calendar:
    calendar = Calendar.objects.select_for_update(of=("self",)).select_related("zone").filter(key=key).first()
    if calendar is None:
        raise errors.CalendarUnknown(key=key)
    if seen != stamp_of_calendar(calendar):
        raise errors.CalendarChanged(key=key)
    return calendar


@transaction.atomic
def set_clock_targets(
    principal: Principal,
    *,
    program: Program,
    clocks: Mapping[ClockKind, Mapping[str, Any] | None],
    calendar: str,
    escalate: Mapping[str, Any] | None = None,
    seen: str = "",
) -> Program:
    """What a program promises: by kind of clock its settings as ``sla`` keeps them (None: no such clock), and the
    calendar that it is counted by (empty: Monday to Friday in the program's zone).

    ``escalate`` is what happens where a decision is late, as ``sla`` keeps it (empty: nothing; None: as before).
    ``seen`` is the stamp of the ``sla`` settings that were looked at. Clocks that run keep their deadlines. Errors:
    BAD_TARGETS, BAD_ESCALATION, CALENDAR_UNKNOWN, TARGETS_CHANGED. Raises NotPermitted.
    """
    demand(principal, Verb.PROGRAM_EDIT)
    program = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    if calendar and not Calendar.objects.filter(key=calendar).exists():
        raise errors.CalendarUnknown(key=calendar)
    said = program.settings.get("sla")
    if seen and seen != stamp_of(said):
        raise errors.TargetsChanged(program=program.name)
    sla: dict[str, Any] = {**said} if isinstance(said, Mapping) else {}
    for kind, targets in clocks.items():
        sla[kind.value] = dict(targets) if targets is not None else None
        try:
            profile_of({"sla": sla}, kind)
        except ValueError as error:
            raise errors.BadTargets(clock=spelled(kind.value), cause=error) from error
    sla["calendar"] = calendar
    if escalate is not None:
        sla["escalate"] = dict(escalate)
        _check_escalation(sla)
    return change_settings(principal, program=program, settings={"sla": sla})


def _check_escalation(sla: Mapping[str, Any]) -> None:
    try:
        said = escalation_of({"sla": sla})
    except ValueError as error:
        raise errors.BadEscalation(cause=error) from error
    if said is not None and said.to and not told_of(said.to):
        raise errors.BadEscalation(cause=f'nobody who decides is called "{said.to}"')


def set_federal_calendar(principal: Principal, *, key: str, zone: str, first: int, last: int) -> Calendar:
    """The business days of the United States' federal government, for the years ``first`` to ``last``.

    Errors: UNKNOWN_ZONE, BEYOND_YOUR_LIMITS. Raises NotPermitted.
    """
    holidays = public_holidays(FEDERAL, "", first, last)
    return set_calendar(principal, key=key, name=place_words(FEDERAL, ""), zone=zone, holidays=holidays)
