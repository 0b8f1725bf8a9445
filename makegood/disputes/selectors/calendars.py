"""Reads of calendars, and of the clocks a program has."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from makegood.disputes.models import Calendar
from makegood.disputes.policy.business_days import BusinessDays
from makegood.disputes.policy.clock_book import ClockRules
from makegood.disputes.policy.clocks import Profile, calendar_of, profile_of
from makegood.disputes.states import ClockKind
from makegood.parties.models import Program

logger = logging.getLogger(__name__)


def calendars() -> dict[str, tuple[int, BusinessDays]]:
    """Every calendar by its key: id, and how it computes."""
    found = Calendar.objects.select_related("zone").prefetch_related("holidays").order_by("key")
    return {calendar.key: (calendar.pk, _days(calendar)) for calendar in found}


def _days(calendar: Calendar) -> BusinessDays:
    return BusinessDays(
        ZoneInfo(calendar.zone.name),
        frozenset(calendar.weekdays),
        frozenset(holiday.on for holiday in calendar.holidays.all()),
        calendar.closes_at,
        calendar.opens_at,
    )


def clock_rules(program_ids: Iterable[int]) -> dict[int, ClockRules]:
    """The clocks of programs, as their settings say now; ``sla.calendar`` names the calendar.

    Without one Monday to Friday count, in the program's zone. A profile that cannot be read counts as none, and is
    logged.
    """
    known = calendars()
    programs = Program.objects.select_related("zone").filter(pk__in=set(program_ids))
    return {program.pk: rules_of(program, known) for program in programs}


def rules_of(program: Program, known: Mapping[str, tuple[int, BusinessDays]] | None = None) -> ClockRules:
    """The clocks of a program as the settings of this very object say, saved or not."""
    there = calendars() if known is None else known
    key = calendar_of(program.settings)
    own = BusinessDays(ZoneInfo(program.zone.name if program.zone else "UTC"))
    if key and key not in there:
        logger.warning('program %s counts by the calendar "%s", which does not exist', program.key, key)
    calendar_id, days = there.get(key, (None, own))
    return ClockRules(_profiles(program.key, program.settings), days, own, calendar_id, dict(there.values()))


def _profiles(program: str, settings: Mapping[str, Any]) -> dict[ClockKind, Profile]:
    found = {}
    for kind in ClockKind:
        try:
            profile = profile_of(settings, kind)
        except ValueError as error:
            logger.warning("program %s has no %s clock: %s", program, kind.value, error)
            continue
        if profile is not None:
            found[kind] = profile
    return found
