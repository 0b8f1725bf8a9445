"""Background work of evidence, called by the worker at every poll."""

from __future__ import annotations

from makegood.evidence.operations.expect import BATCH, expect_recordings
from makegood.evidence.operations.fetch import fetch_due
from makegood.evidence.operations.retention import sweep_recordings
from makegood.evidence.operations.sweep_files import scan_waiting, sweep_files

MOST_BATCHES = 20
SCANNED = 20


def expect() -> int:
    """Note which recordings are to be fetched, at most 20 batches of events; says how many events were read."""
    read = 0
    for _ in range(MOST_BATCHES):
        count = expect_recordings(limit=BATCH)
        read += count
        if count < BATCH:
            break
    return read


def fetch() -> int:
    """Fetch one recording that is due; says whether there was one."""
    return fetch_due(limit=1)


def sweep() -> int:
    """Remove what is stored and no row names. What it says lets it rest until it is due again."""
    sweep_recordings()
    sweep_files()
    return 0


def scan() -> int:
    """Let the virus scanner look at files that it has not seen; says how many it answered for."""
    return scan_waiting(SCANNED)
