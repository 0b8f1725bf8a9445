"""Background work of disputes: the worker calls this at every poll, again at once while there is something to do."""

from __future__ import annotations

from makegood.disputes.operations import commit_due, release_lapsed


def run() -> int:
    """Commit a batch of due decisions, and put lapsed reviews back. Gives how many disputes changed."""
    return len(commit_due()) + len(release_lapsed())
