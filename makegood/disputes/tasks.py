"""Background work of disputes: the worker calls these at every poll."""

from __future__ import annotations

from makegood.disputes.operations import commit_due, release_lapsed
from makegood.disputes.operations.commit import BATCH


def run() -> int:
    """Commit what is due, batch after batch, and put lapsed reviews back. Gives how many disputes changed."""
    done = 0
    while True:
        committed = len(commit_due())
        done += committed
        if committed < BATCH:
            return done + len(release_lapsed())
