"""Pure: when a recording that could not be fetched is tried again, and when no more."""

from __future__ import annotations

from datetime import timedelta

from makegood.kernel.outside.waits import spread

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=6),
)
"""The wait after each failed try."""

MOST_TRIES = len(WAITS) + 1
FEW_TRIES = 2
"""Of what will hardly get better: an address that answers "not found", or gives something that is no sound."""

_PASSING = frozenset({408, 425, 429})


def wait_after(tries: int, *, most: int, luck: int) -> timedelta | None:
    """How long to wait after ``tries`` failed tries (1 or more) of at most ``most``; None when there is none left.

    ``luck``, 0 to 100, lengthens the wait by up to a fifth.
    """
    if tries >= min(most, MOST_TRIES):
        return None
    return spread(WAITS[tries - 1], luck=luck)


def tries_for_status(status: int) -> int:
    """How often an address is asked that answers with this status."""
    return FEW_TRIES if 400 <= status < 500 and status not in _PASSING else MOST_TRIES
