"""Background work of the journal: the worker calls this now and then, and again at once while there is more to do."""

from __future__ import annotations

from makegood.journal.operations import forget_answered

BATCH = 5_000


def forget() -> int:
    """Remove a batch of answers whose keys have expired. Gives how many."""
    return forget_answered(BATCH)
