"""Reads of the journal: the history of one object."""

from __future__ import annotations

from makegood.journal.models import JournalEvent


def history(object_kind: str, object_id: int) -> list[JournalEvent]:
    """Every event of one object, oldest first."""
    return list(JournalEvent.objects.filter(object_kind=object_kind, object_id=object_id).order_by("id"))
