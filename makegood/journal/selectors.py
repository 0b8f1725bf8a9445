"""Reads of the journal: the history of one object."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from makegood.journal.models import JournalEvent


def history(object_kind: str, object_id: int) -> list[JournalEvent]:
    """Every event of one object, oldest first."""
    return list(JournalEvent.objects.filter(object_kind=object_kind, object_id=object_id).order_by("id"))


def latest_at(object_kind: str, object_id: int, event: str) -> datetime | None:
    """When an event last happened to an object; None if it never did."""
    found = JournalEvent.objects.filter(object_kind=object_kind, object_id=object_id, event=event)
    at: datetime | None = found.aggregate(at=Max("at"))["at"]
    return at
