"""Cursor readers: each reads every event once, in an order no later commit can slip into."""

from __future__ import annotations

from makegood.journal.models import JournalCursor
from makegood.journal.selectors import Event, Position, events_after

__all__ = ["Event", "advance", "read", "rewind"]


def read(reader: str, limit: int) -> list[Event]:
    """The next events for ``reader``, at most ``limit``; locks its cursor until the transaction ends.

    Call it and :func:`advance` in one transaction, so that what was done with the events and the cursor commit
    together. A second process with the same reader waits.
    """
    JournalCursor.objects.bulk_create([JournalCursor(reader=reader)], ignore_conflicts=True)
    cursor_row = JournalCursor.objects.select_for_update().get(reader=reader)
    return events_after(Position(cursor_row.epoch, cursor_row.written_by, cursor_row.event_id), limit)


def advance(reader: str, last: Event) -> None:
    """Move the reader's cursor to ``last``."""
    JournalCursor.objects.filter(reader=reader).update(epoch=last.epoch, written_by=last.written_by, event_id=last.id)


def rewind(reader: str) -> None:
    """Let a reader begin again with the first event; call it in the transaction that forgets what the reader made."""
    JournalCursor.objects.filter(reader=reader).update(epoch=0, written_by="0", event_id=0)
