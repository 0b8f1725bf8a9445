"""Reads of the journal: the history of one object."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from makegood.journal.models import JournalEvent
from makegood.kernel import sql

_POSITION = re.compile(r"(\d{1,9})-(\d{1,18})-(\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class Position:
    """How far somebody has read; the beginning by default. Later commits never slip in before it."""

    epoch: int = 0
    written_by: str = "0"
    event_id: int = 0

    @property
    def text(self) -> str:
        """The position as an address carries it; empty at the beginning."""
        return f"{self.epoch}-{self.written_by}-{self.event_id}" if self.event_id else ""

    @classmethod
    def read(cls, text: str) -> Position:
        """From such a text. Raises ValueError."""
        found = _POSITION.fullmatch(text)
        if found is None:
            raise ValueError("no position in the journal")
        return cls(int(found[1]), found[2], int(found[3]))


@dataclass(frozen=True)
class Event:
    """One journal row as readers see it."""

    id: int
    epoch: int
    written_by: str
    at: datetime
    principal: int | None
    principal_label: str
    object_kind: str
    object_id: int
    program_id: int | None
    customer_id: int | None
    vendor_id: int | None
    verb: str
    event: str
    changes: Mapping[str, Any]

    @property
    def position(self) -> Position:
        """Where it stands in reading order."""
        return Position(self.epoch, self.written_by, self.id)


def events_after(position: Position, limit: int) -> list[Event]:
    """The next events in reading order, at most ``limit``; those of transactions still open are left for later."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("journal.read_events"),
            {
                "epoch": position.epoch,
                "written_by": position.written_by,
                "event_id": position.event_id,
                "limit": limit,
            },
        )
        return [_event(row) for row in cursor.fetchall()]


def _event(row: Sequence[Any]) -> Event:
    *facts, changes = row
    decoded: Mapping[str, Any] = json.loads(changes) if isinstance(changes, str) else changes
    return Event(*(*facts, decoded))


def history(object_kind: str, object_id: int) -> list[JournalEvent]:
    """Every event of one object, oldest first."""
    return list(JournalEvent.objects.filter(object_kind=object_kind, object_id=object_id).order_by("id"))


def latest_at(object_kind: str, object_id: int, event: str) -> datetime | None:
    """When an event last happened to an object; None if it never did."""
    found = JournalEvent.objects.filter(object_kind=object_kind, object_id=object_id, event=event)
    at: datetime | None = found.aggregate(at=Max("at"))["at"]
    return at
