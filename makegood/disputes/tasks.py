"""Background work of disputes: the worker calls these at every poll, again at once while there is something to do."""

from __future__ import annotations

from makegood.disputes.operations import commit_due, release_lapsed
from makegood.disputes.operations.commit import SetAside

_set_aside: SetAside = {}


def commit() -> int:
    """Commit a batch of due decisions. Gives how many."""
    return len(commit_due(set_aside=_set_aside))


def release() -> int:
    """Put a batch of lapsed reviews back into the queue. Gives how many."""
    return len(release_lapsed())
