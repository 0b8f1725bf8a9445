"""Pure: which journal events people are told of, and what each one means for a message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from makegood.notifications.states import Template


class Event(Protocol):
    """What is read of a journal row."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def event(self) -> str: ...
    @property
    def object_id(self) -> int: ...
    @property
    def program_id(self) -> int | None: ...
    @property
    def customer_id(self) -> int | None: ...
    @property
    def vendor_id(self) -> int | None: ...
    @property
    def changes(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Party:
    """Whom a notice concerns: everybody with the same answer has the same recipients."""

    template: Template
    program_id: int | None
    customer_id: int | None
    vendor_id: int | None
    submitted_by: int | None = None


@dataclass(frozen=True)
class Notice:
    """One thing to tell one side. A message counts the subjects whose deltas do not sum to zero.

    ``subject_id`` is the dispute, for vendors the charge; ``delta`` is 1, for vendors the micros that their
    revenue changed by, in ``currency``.
    """

    event_id: int
    at: datetime
    party: Party
    dispute_id: int
    subject_id: int
    charge_id: int | None
    currency: str
    delta: int


@dataclass(frozen=True)
class Cancellation:
    """Takes back, inside the same window, what managers were going to be told of one dispute."""

    event_id: int
    at: datetime
    dispute_id: int
    charge_id: int | None = None
    currency: str = ""
    delta: int = -1

    @property
    def subject_id(self) -> int:
        """What filings are counted by."""
        return self.dispute_id


Effect = Notice | Cancellation

BY_BUYERS = "buyer"
BY_OTHERS = frozenset({"csr", "api", "import"})


def _number(changes: Mapping[str, Any], key: str) -> int | None:
    value = changes.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _dispute_notice(event: Event, template: Template, submitted_by: int | None = None) -> Notice:
    return Notice(
        event_id=event.id,
        at=event.at,
        party=Party(template, event.program_id, event.customer_id, event.vendor_id, submitted_by),
        dispute_id=event.object_id,
        subject_id=event.object_id,
        charge_id=_number(event.changes, "charge_id"),
        currency="",
        delta=1,
    )


def _submitted(event: Event) -> list[Effect]:
    origin = event.changes.get("origin")
    if origin == BY_BUYERS:
        return [_dispute_notice(event, Template.NEW)]
    return [_dispute_notice(event, Template.NEW_BY_OTHERS)] if origin in BY_OTHERS else []


def _withdrawn(event: Event) -> list[Effect]:
    return [Cancellation(event.id, event.at, event.object_id)]


def _revenue(event: Event, sign: int) -> list[Effect]:
    """What the vendor is told: nothing unless money was clawed back or given back."""
    clawback = abs(_number(event.changes, "clawback_micros") or 0)
    charge_id = _number(event.changes, "charge_id")
    if not clawback or charge_id is None or event.vendor_id is None:
        return []
    notice = Notice(
        event_id=event.id,
        at=event.at,
        party=Party(Template.VENDOR_REVENUE, event.program_id, event.customer_id, event.vendor_id),
        dispute_id=event.object_id,
        subject_id=charge_id,
        charge_id=charge_id,
        currency=str(event.changes.get("payout_currency") or ""),
        delta=sign * clawback,
    )
    return [notice]


def _committed(event: Event) -> list[Effect]:
    submitted_by = _number(event.changes, "submitted_by")
    return [_dispute_notice(event, Template.REVIEWED, submitted_by), *_revenue(event, -1)]


def _reversed(event: Event) -> list[Effect]:
    return _revenue(event, 1)


MEANINGS: dict[str, Callable[[Event], list[Effect]]] = {
    "dispute.submitted": _submitted,
    "dispute.withdrawn": _withdrawn,
    "dispute.committed": _committed,
    "dispute.reversed": _reversed,
}
"""The events that lead to messages. A decision is told when it is committed, so an undone one never is."""


def effects_of(events: Iterable[Event]) -> list[Effect]:
    """What the events mean for messages, in reading order; most events mean nothing."""
    effects: list[Effect] = []
    for event in events:
        meaning = MEANINGS.get(event.event)
        if meaning is not None:
            effects += meaning(event)
    return effects
