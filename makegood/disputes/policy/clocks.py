"""How long a dispute may wait: profiles of a program, deadlines, and what a pause does to them.

A profile counts wall hours, business days, or hours while the calendar is open. Deadlines are computed from an event's
own time, so the same events give the same deadlines whenever they are read.

A pause keeps what was left. A wall clock resumes with the seconds it had, one of open hours with the open time it had;
a business-day clock resumes with the whole open days that were left after the day of the pause, counted anew from the
day it goes on (with none left it ends that day, or on the next open day where that one is closed). A deadline that had
passed before the pause stays passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from makegood.disputes.policy.business_days import BusinessDays
from makegood.disputes.policy.words import counted
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit

DEFAULTS: Mapping[ClockKind, Mapping[str, int]] = {ClockKind.INFO: {"hours": 72}}
"""A question that nobody answers must not hold a dispute up for ever; ``info: null`` switches that off."""

LONGEST: Mapping[ClockUnit, int] = {
    ClockUnit.WALL: 24_000,
    ClockUnit.BUSINESS_DAYS: 1_000,
    ClockUnit.SAME_TIME: 1_000,
    ClockUnit.OPEN_HOURS: 2_000,
}
"""Years, in every unit: what is longer is a slip of the pen."""

NOUNS: Mapping[ClockUnit, str] = {
    ClockUnit.WALL: "hour",
    ClockUnit.BUSINESS_DAYS: "business day",
    ClockUnit.SAME_TIME: "business day",
    ClockUnit.OPEN_HOURS: "open hour",
}
"""What each unit counts, one of it."""
_KEYS: Mapping[ClockUnit, str] = {ClockUnit.BUSINESS_DAYS: "business_days", ClockUnit.OPEN_HOURS: "open_hours"}
_WALL_KEY = "hours"


@dataclass(frozen=True)
class Profile:
    """The limits of one kind of clock, in what its unit counts. None is no such limit."""

    unit: ClockUnit
    target: int | None
    breach: int | None

    def due(self, started_at: datetime, days: BusinessDays) -> tuple[datetime | None, datetime | None]:
        """Target and breach of a clock that starts then."""
        # Hours between two times of one zone would be those of its clocks, not of the world.
        started_at = started_at.astimezone(UTC)
        return self._due(self.target, started_at, days), self._due(self.breach, started_at, days)

    def _due(self, amount: int | None, started_at: datetime, days: BusinessDays) -> datetime | None:
        if amount is None:
            return None
        if self.unit is ClockUnit.WALL:
            return started_at + timedelta(hours=amount)
        if self.unit is ClockUnit.OPEN_HOURS:
            return days.after_open_time(started_at, timedelta(hours=amount))
        if self.unit is ClockUnit.SAME_TIME:
            return days.same_time(started_at, amount, days.time_of(started_at))
        return days.deadline(started_at, amount)


def profile_of(settings: Mapping[str, Any], kind: ClockKind) -> Profile | None:
    """What a program's ``sla`` settings say of a kind of clock; None when it has no such clock.

    Keys: ``target_hours`` and ``breach_hours`` (or ``hours`` for both), ``target_business_days`` and
    ``breach_business_days`` with ``same_time``, or ``target_open_hours`` and ``breach_open_hours``; :data:`DEFAULTS`
    fill in what is not said. Raises ValueError for settings that are none, and for amounts that are no whole numbers
    above zero, above :data:`LONGEST`, or in the wrong order.
    """
    said = _sla(settings).get(kind.value, DEFAULTS.get(kind))
    if not said:
        return None
    if not isinstance(said, Mapping):
        raise ValueError(f'a clock is set by target and breach, not by "{said}"')
    unit = next((unit for unit, key in _KEYS.items() if not said.keys().isdisjoint(_names(key))), ClockUnit.WALL)
    both = said.get("hours") if unit is ClockUnit.WALL else None
    target, breach = (_amount(said.get(name, both), unit) for name in _names(key_of(unit)))
    if target is None and breach is None:
        return None
    if target is not None and breach is not None and breach < target:
        raise ValueError(f"a clock breaches after its target, not before ({breach} < {target})")
    same_time = unit is ClockUnit.BUSINESS_DAYS and said.get("same_time")
    return Profile(ClockUnit.SAME_TIME if same_time else unit, target, breach)


def key_of(unit: ClockUnit) -> str:
    """What ``sla`` calls a unit: ``hours``, ``business_days`` or ``open_hours``."""
    return _KEYS.get(ClockUnit.BUSINESS_DAYS if unit is ClockUnit.SAME_TIME else unit, _WALL_KEY)


def _names(key: str) -> tuple[str, str]:
    return f"target_{key}", f"breach_{key}"


def amount_words(amount: int, unit: ClockUnit) -> str:
    """``24 hours``, ``1 business day``, ``8 open hours``."""
    return counted(amount, NOUNS[unit])


def calendar_of(settings: Mapping[str, Any]) -> str:
    """The key of the calendar that a program's clocks count by; empty for none, and where ``sla`` cannot be read."""
    try:
        return str(_sla(settings).get("calendar") or "")
    except ValueError:
        return ""


def _sla(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    said = settings.get("sla") or {}
    if not isinstance(said, Mapping):
        raise ValueError(f'a clock stands below the name of its kind, not in "{said}"')
    return said


def _amount(said: Any, unit: ClockUnit) -> int | None:
    if said is None:
        return None
    if not isinstance(said, int) or isinstance(said, bool) or said <= 0:
        raise ValueError(f'a clock is set to a whole number above zero, not to "{said}"')
    if said > LONGEST[unit]:
        raise ValueError(f"a clock is set to {amount_words(LONGEST[unit], unit)} at most, not to {said}")
    return said


def grants_on_breach(settings: Mapping[str, Any]) -> bool:
    """Whether the program accepts by itself, within its budget, what it did not decide in time."""
    try:
        said = settings.get("on_breach") or _sla(settings).get("on_breach")
    except ValueError:
        return False
    return bool(said == "auto_accept")


def resumed(
    deadline: datetime,
    unit: ClockUnit,
    *,
    paused_at: datetime,
    resumed_at: datetime,
    days: BusinessDays,
    keeps: time | None = None,
) -> datetime:
    """Where a deadline lies after a pause; one that falls on the same time of day ``keeps`` that, else its own."""
    if deadline <= paused_at or resumed_at <= paused_at:
        return deadline
    deadline, paused_at, resumed_at = (at.astimezone(UTC) for at in (deadline, paused_at, resumed_at))
    if unit is ClockUnit.WALL:
        return deadline + (resumed_at - paused_at)
    if unit is ClockUnit.OPEN_HOURS:
        return days.after_open_time(resumed_at, days.open_time(paused_at, deadline))
    if unit is ClockUnit.SAME_TIME:
        left = days.open_days_between(days.day_of(paused_at), days.day_of(deadline))
        return days.same_time(resumed_at, left, keeps or days.time_of(deadline))
    left = days.open_days_between(days.day_of(paused_at), days.day_ended_by(deadline))
    moved = days.deadline(resumed_at, left)
    # A day that closed before the clock went on has nothing left of it.
    return moved if moved > resumed_at else days.deadline(resumed_at, left + 1)


def outcome_at(stopped_at: datetime, target_at: datetime | None, breach_at: datetime | None) -> ClockOutcome:
    """Met when it stopped before its breach (its target, where it has no other limit)."""
    limit = breach_at if breach_at is not None else target_at
    return ClockOutcome.MET if limit is None or stopped_at < limit else ClockOutcome.MISSED
