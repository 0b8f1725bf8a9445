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
from makegood.kernel.health import Check, Unit

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


def latest(object_kind: str, object_id: int, event: str) -> JournalEvent | None:
    """The last time an event happened to an object; None if it never did."""
    found = JournalEvent.objects.filter(object_kind=object_kind, object_id=object_id, event=event)
    return found.order_by("-id").first()


def times(object_kind: str, object_id: int, event: str) -> list[datetime]:
    """When an event happened to an object, every time, oldest first."""
    found = JournalEvent.objects.filter(object_kind=object_kind, object_id=object_id, event=event)
    return list(found.order_by("id").values_list("at", flat=True))


def recent(object_kind: str, object_id: int, limit: int) -> list[JournalEvent]:
    """The latest events of one object, the newest first, at most ``limit``."""
    found = JournalEvent.objects.filter(object_kind=object_kind, object_id=object_id)
    return list(found.order_by("-id")[:limit])


HEALTH = (
    Check(
        "Oldest event that a reader of the journal has not read",
        """
        SELECT c.reader, extract(epoch FROM %(now)s - next.at)::bigint
        FROM journal_cursor c
        LEFT JOIN LATERAL (
          SELECT e.at FROM journal_event e
          WHERE (e.epoch, e.written_by, e.id) > (c.epoch, c.written_by, c.event_id)
          ORDER BY e.epoch, e.written_by, e.id LIMIT 1
        ) next ON true
        ORDER BY c.reader""",
        Unit.SECONDS,
        300,
        "See whether the worker runs (makegood worker), and whether a transaction stays open for long.",
    ),
    Check(
        "Longest open transaction of the database",
        """
        SELECT '', coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::bigint
        FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND xact_start IS NOT NULL AND backend_type = 'client backend'""",
        Unit.SECONDS,
        600,
        "Readers of the journal wait for it. A long import or an open console holds it; end it there.",
    ),
    Check(
        "Connections to the database, in percent of what it takes",
        """
        SELECT '', count(*) * 100 / current_setting('max_connections')::int
        FROM pg_stat_activity WHERE backend_type = 'client backend'""",
        Unit.COUNT,
        80,
        "Start fewer processes, or raise max_connections.",
    ),
)
"""What tells whether the journal is being read."""
