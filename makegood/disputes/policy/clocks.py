"""How long a dispute may wait: profiles of a program, deadlines, and what a pause does to them.

A profile counts wall hours or business days. Deadlines are computed from an event's own time, so the same events
give the same deadlines whenever they are read.

A pause keeps what was left. A wall clock resumes with the seconds it had; a business-day clock resumes with the whole
open days that were left after the day of the pause, counted anew from the day it goes on (with none left it ends
that day, or on the next open day where that one is closed). A deadline that had passed before the pause stays passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from makegood.disputes.policy.business_days import BusinessDays
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit

DEFAULTS: Mapping[ClockKind, Mapping[str, int]] = {ClockKind.INFO: {"hours": 72}}
"""A question that nobody answers must not hold a dispute up for ever; ``info: null`` switches that off."""

LONGEST = 100_000
"""Hours or days: within the years that dates know."""


@dataclass(frozen=True)
class Profile:
    """The limits of one kind of clock: hours for a wall clock, else business days. None is no such limit."""

    unit: ClockUnit
    target: int | None
    breach: int | None

    def due(self, started_at: datetime, days: BusinessDays) -> tuple[datetime | None, datetime | None]:
        """Target and breach of a clock that starts then."""
        return self._due(self.target, started_at, days), self._due(self.breach, started_at, days)

    def _due(self, amount: int | None, started_at: datetime, days: BusinessDays) -> datetime | None:
        if amount is None:
            return None
        if self.unit is ClockUnit.WALL:
            return started_at + timedelta(hours=amount)
        if self.unit is ClockUnit.SAME_TIME:
            return days.same_time(started_at, amount, days.time_of(started_at))
        return days.deadline(started_at, amount)


def profile_of(settings: Mapping[str, Any], kind: ClockKind) -> Profile | None:
    """What a program's ``sla`` settings say of a kind of clock; None when it has no such clock.

    Keys: ``target_hours`` and ``breach_hours`` (or ``hours`` for both), or ``target_business_days`` and
    ``breach_business_days`` with ``same_time``; :data:`DEFAULTS` fill in what is not said.
    Raises ValueError for settings that are none, and for amounts that are no whole numbers above zero, above 100,000,
    or in the wrong order.
    """
    said = _sla(settings).get(kind.value, DEFAULTS.get(kind))
    if not said:
        return None
    if not isinstance(said, Mapping):
        raise ValueError(f'a clock is set by target and breach, not by "{said}"')
    in_days = "target_business_days" in said or "breach_business_days" in said
    unit = "business_days" if in_days else "hours"
    both = said.get("hours")
    target = _amount(said.get(f"target_{unit}", both))
    breach = _amount(said.get(f"breach_{unit}", both))
    if target is None and breach is None:
        return None
    if target is not None and breach is not None and breach < target:
        raise ValueError(f"a clock breaches after its target, not before ({breach} < {target})")
    if not in_days:
        return Profile(ClockUnit.WALL, target, breach)
    return Profile(ClockUnit.SAME_TIME if said.get("same_time") else ClockUnit.BUSINESS_DAYS, target, breach)


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


def _amount(said: Any) -> int | None:
    if said is None:
        return None
    if not isinstance(said, int) or isinstance(said, bool) or said <= 0:
        raise ValueError(f'a clock is set to a whole number above zero, not to "{said}"')
    if said > LONGEST:
        raise ValueError(f"a clock is set to {LONGEST} at most, not to {said}")
    return said


def grants_on_breach(settings: Mapping[str, Any]) -> bool:
    """Whether the program accepts by itself, within its budget, what it did not decide in time."""
    try:
        said = settings.get("on_breach") or _sla(settings).get("on_breach")
    except ValueError:
        return False
    return bool(said == "auto_accept")


def resumed(
    deadline: datetime, unit: ClockUnit, *, paused_at: datetime, resumed_at: datetime, days: BusinessDays
) -> datetime:
    """Where a deadline lies after a pause."""
    if deadline <= paused_at or resumed_at <= paused_at:
        return deadline
    return _RESUMED[unit](deadline, paused_at, resumed_at, days)


def _wall(deadline: datetime, paused_at: datetime, resumed_at: datetime, days: BusinessDays) -> datetime:
    return deadline + (resumed_at - paused_at)


def _business_days(deadline: datetime, paused_at: datetime, resumed_at: datetime, days: BusinessDays) -> datetime:
    left = days.open_days_between(days.day_of(paused_at), days.day_ended_by(deadline))
    moved = days.deadline(resumed_at, left)
    # A day that closed before the clock went on has nothing left of it.
    return moved if moved > resumed_at else days.deadline(resumed_at, left + 1)


def _same_time(deadline: datetime, paused_at: datetime, resumed_at: datetime, days: BusinessDays) -> datetime:
    left = days.open_days_between(days.day_of(paused_at), days.day_of(deadline))
    return days.same_time(resumed_at, left, days.time_of(deadline))


_RESUMED: Mapping[ClockUnit, Callable[[datetime, datetime, datetime, BusinessDays], datetime]] = {
    ClockUnit.WALL: _wall,
    ClockUnit.BUSINESS_DAYS: _business_days,
    ClockUnit.SAME_TIME: _same_time,
}


def outcome_at(stopped_at: datetime, target_at: datetime | None, breach_at: datetime | None) -> ClockOutcome:
    """Met when it stopped before its breach (its target, where it has no other limit)."""
    limit = breach_at if breach_at is not None else target_at
    return ClockOutcome.MET if limit is None or stopped_at < limit else ClockOutcome.MISSED
