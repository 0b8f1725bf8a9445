"""What a window counts from: an instant of the charge, or a day of its invoice or bill period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from makegood.disputes.policy import windows
from makegood.disputes.policy.base import Bound
from makegood.disputes.policy.expressions import INVOICE, PERIOD, instant_of

AnchorName = Literal["received", "billed", "invoiced", "due", "period_end"]
ZoneOf = Literal["customer", "program", "utc"]


@dataclass(frozen=True)
class Anchor:
    """``fact`` is the fact's name, ``column`` its SQL. A day stands for the instant at which it is over."""

    fact: str
    column: str
    is_day: bool = False
    joins: tuple[Bound, ...] = ()
    words: str = ""

    @property
    def spoken(self) -> str:
        """``it was received``, ``its bill period ended``."""
        return self.words if self.words.startswith("its ") else f"it was {self.words}"


ZONE_WORDS: Mapping[str, str] = {"customer": "the buyer's zone", "program": "the program's zone", "utc": "UTC"}
"""Whose days are counted."""

ANCHORS: Mapping[str, Anchor] = {
    "received": Anchor("received_at", "c.received_at", words="received"),
    "billed": Anchor("billed_at", "c.billed_at", words="billed"),
    "invoiced": Anchor("issued_at", "inv.issued_at", joins=(INVOICE,), words="invoiced"),
    "due": Anchor("due_on", "inv.due_on", is_day=True, joins=(INVOICE,), words="due"),
    "period_end": Anchor(
        "period_ends_on", "(p.ends_on - 1)", is_day=True, joins=(INVOICE, PERIOD), words="its bill period ended"
    ),
}


def zone_of(facts: Mapping[str, Any]) -> ZoneInfo:
    """The zone among the facts, UTC when it is not known."""
    return ZoneInfo(str(facts.get("zone") or "UTC"))


def day_of(value: Any) -> date | None:
    """A day of a fact, which may be its ISO text."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    return date.fromisoformat(str(value))


def anchored_at(anchor: Anchor, facts: Mapping[str, Any]) -> datetime | None:
    """The instant the window counts from; None when it is not known."""
    if anchor.is_day:
        day = day_of(facts.get(anchor.fact))
        return None if day is None else windows.end_of(day, zone_of(facts))
    at = instant_of(facts.get(anchor.fact))
    return None if at is None else at.astimezone(UTC)
