"""When a reason is on offer: while it is switched on, and on the days it is offered on, by its program's zone. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

NO_ZONE = "UTC"


class Dated(Protocol):
    """What decides whether a reason is on offer; both days belong to it, null means no limit."""

    @property
    def is_active(self) -> bool: ...
    @property
    def active_from(self) -> date | None: ...
    @property
    def active_to(self) -> date | None: ...


def day_in(zone: str | None, at: datetime) -> date:
    """The day that an instant falls on in a program's zone (None: UTC)."""
    return at.astimezone(ZoneInfo(zone or NO_ZONE)).date()


def is_offered(reason: Dated, day: date) -> bool:
    """Whether a reason is on offer on a day of its program."""
    if not reason.is_active:
        return False
    begun = reason.active_from is None or reason.active_from <= day
    return begun and (reason.active_to is None or day <= reason.active_to)
