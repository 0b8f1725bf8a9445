"""Background work of insights, called by the worker at every poll."""

from __future__ import annotations

from makegood.insights.operations.fold import BATCH, fold
from makegood.insights.operations.refresh import refresh

MOST_BATCHES = 2


def run() -> int:
    """Read what the journal holds, at most two batches, and compute one of the marked days anew.

    Says how many events and days that were. What is left over waits for the next poll, so that commits, which share
    the worker, do not wait for figures.
    """
    done = 0
    for _ in range(MOST_BATCHES):
        read = fold(limit=BATCH)
        done += read
        if read < BATCH:
            break
    return done + refresh(limit=1)
