"""What a program does where a decision is late: whom it puts the dispute before, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TARGET, BREACH = "target", "breach"
MOMENTS = (TARGET, BREACH)


@dataclass(frozen=True)
class Escalation:
    """``at`` the target or the breach of a clock; ``to`` is an e-mail, the key of a role, or empty: those who lead."""

    at: str
    to: str = ""

    def is_called_for(self, clock: LateClock, now: datetime) -> bool:
        """Whether this clock was flagged just now for the limit that is meant; for its other where it has but one."""
        by_breach = clock.breach_at is not None and (self.at == BREACH or clock.target_at is None)
        return now == (clock.breached_at if by_breach else clock.warned_at)


@dataclass(frozen=True)
class LateClock:
    """The limits of a clock, and when it was flagged for them."""

    target_at: datetime | None
    breach_at: datetime | None
    warned_at: datetime | None
    breached_at: datetime | None


def escalation_of(settings: Mapping[str, Any]) -> Escalation | None:
    """What ``sla.escalate`` says: ``{at: target or breach, to: e-mail, role or nothing}``; None where it says nothing.

    Raises ValueError for anything else.
    """
    sla = settings.get("sla") or {}
    said = sla.get("escalate") if isinstance(sla, Mapping) else None
    if not said:
        return None
    if not isinstance(said, Mapping) or said.get("at") not in MOMENTS:
        raise ValueError('it names the moment, at "target" or at "breach"')
    to = said.get("to") or ""
    if not isinstance(to, str):
        raise ValueError("it names one person by e-mail, or one role")
    return Escalation(str(said["at"]), to.strip())
