"""Background work of notifications, called by the worker at every poll."""

from __future__ import annotations

from makegood.kernel import clock
from makegood.notifications.operations.flush import flush_due
from makegood.notifications.operations.fold import BATCH, fold

MOST_BATCHES = 20


def run() -> int:
    """Fold what the journal holds, at most 20 batches; when nothing is left over, deliver what is due.

    What was taken back before it was due is never told, because nothing is delivered before the journal was read to
    its end. Says how many events were read; what is left over waits for the next poll.
    """
    folded = 0
    for _ in range(MOST_BATCHES):
        read = fold(limit=BATCH)
        folded += read
        if read < BATCH:
            flush_due(now=clock.now())
            break
    return folded
