"""Reads the journal on and marks the cohort days that something happened to."""

from __future__ import annotations

from django.db import connection, transaction

from makegood.journal import operations as journal
from makegood.kernel import sql

READER = "statistics"
BATCH = 5_000


def fold(*, limit: int = BATCH) -> int:
    """Read at most ``limit`` events and mark the days they touch; says how many were read.

    Marks and cursor commit together, and a mark set twice is one mark: a run that breaks off is simply run again. One
    process folds at a time, the others wait. Refuses nothing.
    """
    with transaction.atomic():
        events = journal.read(READER, limit)
        if events:
            with connection.cursor() as cursor:
                cursor.execute(sql.load("insights.mark_days"), {"events": [event.id for event in events]})
            journal.advance(READER, events[-1])
        return len(events)
