"""What counts by a calendar, and what a change of it would mean for clocks that run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from makegood.disputes.errors import CalendarUnknown
from makegood.disputes.models import Calendar, PolicyVersion, SlaClock
from makegood.disputes.policy.clocks import calendar_of
from makegood.disputes.policy.stamps import stamp_of
from makegood.disputes.policy.words import counted
from makegood.disputes.states import ClockOutcome
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@dataclass(frozen=True)
class CalendarUse:
    """Names of the programs whose clocks count by it, and of those whose rules do; clocks that it started."""

    clocks_of: tuple[str, ...]
    rules_of: tuple[str, ...]
    running: int
    paused: int
    ended: int

    @property
    def cause(self) -> str:
        """Why it cannot be removed; empty when it can."""
        parts = [f"the clocks of {', '.join(self.clocks_of)} count by it"] if self.clocks_of else []
        parts += [f"rules of {', '.join(self.rules_of)} name it"] if self.rules_of else []
        if not parts and (clocks := self.running + self.ended):
            parts.append(f"the history of {counted(clocks, 'clock')} started by it is kept")
        return ", and ".join(parts)


@dataclass(frozen=True)
class CalendarRow:
    """A calendar as pages show it: holidays by day; ``stamp`` is named by what changes it."""

    key: str
    name: str
    zone: str
    weekdays: tuple[int, ...]
    opens_at: time | None
    closes_at: time | None
    holidays: tuple[tuple[date, str], ...]
    use: CalendarUse
    stamp: str

    @property
    def ahead(self) -> int:
        """How many holidays are still to come."""
        today = clock.now().date()
        return sum(day >= today for day, _ in self.holidays)


def calendar_rows(principal: Principal) -> list[CalendarRow]:
    """Every calendar, by name. Raises NotPermitted."""
    demand(principal, Verb.PROGRAM_VIEW)
    found = Calendar.objects.select_related("zone").prefetch_related("holidays").order_by("name", "pk")
    return [_row(calendar) for calendar in found]


def calendar_named(principal: Principal, key: str) -> CalendarRow:
    """One calendar. Raises NotPermitted, CalendarUnknown."""
    demand(principal, Verb.PROGRAM_VIEW)
    found = Calendar.objects.select_related("zone").filter(key=key).first()
    if found is None:
        raise CalendarUnknown(key=key)
    return _row(found)


def _row(calendar: Calendar) -> CalendarRow:
    return CalendarRow(
        calendar.key,
        calendar.name,
        calendar.zone.name,
        tuple(calendar.weekdays),
        calendar.opens_at,
        calendar.closes_at,
        tuple(sorted((holiday.on, holiday.name) for holiday in calendar.holidays.all())),
        calendar_use(calendar),
        stamp_of_calendar(calendar),
    )


def stamp_of_calendar(calendar: Calendar) -> str:
    """What a change names to say that it was made from this."""
    holidays = sorted((holiday.on.isoformat(), holiday.name) for holiday in calendar.holidays.all())
    hours = [at.isoformat() if at else "" for at in (calendar.opens_at, calendar.closes_at)]
    return stamp_of(calendar.name, calendar.zone.name, sorted(calendar.weekdays), *hours, holidays)


def calendar_use(calendar: Calendar) -> CalendarUse:
    """What counts by it, in every program."""
    by_settings = [
        name
        for name, settings in Program.objects.order_by("name").values_list("name", "settings")
        if calendar_of(settings) == calendar.key
    ]
    clocks = SlaClock.objects.filter(calendar=calendar)
    running = clocks.filter(outcome=ClockOutcome.RUNNING)
    return CalendarUse(
        tuple(by_settings),
        _named_by_rules(calendar.key),
        running.count(),
        running.filter(paused_at__isnull=False).count(),
        clocks.exclude(outcome=ClockOutcome.RUNNING).count(),
    )


def _named_by_rules(key: str) -> tuple[str, ...]:
    """Programs with a version that is in force, scheduled or a draft and has a rule that names the calendar."""
    now = clock.now()
    versions = PolicyVersion.objects.select_related("policy__program").order_by("policy__program__name")
    live = (one for one in versions if one.published_at is None or _goes_on(one, now))
    return tuple(dict.fromkeys(one.policy.program.name for one in live if _names(one.rules, key)))


def _goes_on(version: PolicyVersion, now: Any) -> bool:
    effective = version.effective
    return effective is not None and not effective.isempty and (effective.upper is None or effective.upper > now)


def _names(rules: Sequence[Mapping[str, Any]], key: str) -> bool:
    return any(rule.get("calendar") == key for rule in rules)
