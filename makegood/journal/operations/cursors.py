"""Cursor readers: each reads every event once, in an order no later commit can slip into."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from makegood.journal.models import JournalCursor
from makegood.kernel import sql


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


def read(reader: str, limit: int) -> list[Event]:
    """The next events for ``reader``, at most ``limit``; locks its cursor until the transaction ends.

    Call it and :func:`advance` in one transaction, so that what was done with the events and the cursor commit
    together. A second process with the same reader waits.
    """
    JournalCursor.objects.bulk_create([JournalCursor(reader=reader)], ignore_conflicts=True)
    cursor_row = JournalCursor.objects.select_for_update().get(reader=reader)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("journal.read_events"),
            {
                "epoch": cursor_row.epoch,
                "written_by": cursor_row.written_by,
                "event_id": cursor_row.event_id,
                "limit": limit,
            },
        )
        return [_event(row) for row in cursor.fetchall()]


def _event(row: Sequence[Any]) -> Event:
    *facts, changes = row
    decoded: Mapping[str, Any] = json.loads(changes) if isinstance(changes, str) else changes
    return Event(*(*facts, decoded))


def advance(reader: str, last: Event) -> None:
    """Move the reader's cursor to ``last``."""
    JournalCursor.objects.filter(reader=reader).update(epoch=last.epoch, written_by=last.written_by, event_id=last.id)


def rewind(reader: str) -> None:
    """Let a reader begin again with the first event; call it in the transaction that forgets what the reader made."""
    JournalCursor.objects.filter(reader=reader).update(epoch=0, written_by="0", event_id=0)
