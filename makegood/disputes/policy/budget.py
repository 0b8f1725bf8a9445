"""How much an automatic rule may grant before it degrades to a recommendation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from makegood.disputes.policy import windows

Per = Literal["customer", "program"]
Period = Literal["day", "week", "month"]


@dataclass(frozen=True)
class Budget:
    """At most ``count`` grants and ``micros`` of money per customer or program and period; None is no limit."""

    count: int | None = None
    micros: int | None = None
    per: Per = "customer"
    period: Period = "month"

    def key(self, code: str) -> str:
        """What the usage counter of a rule's code is called."""
        return f"budget:{code}:{self.period}"

    def start(self, now: datetime, zone: str) -> datetime:
        """When the period that holds ``now`` began (UTC), in a zone by name."""
        return windows.period_start(now, self.period, ZoneInfo(zone))
