"""Pure: when a delivery is tried again, and when an endpoint has failed too often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from makegood.kernel.outside.waits import spread

WAITS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The wait before each attempt, counted from the end of the one before."""

LONGEST_ASKED = timedelta(hours=24)
"""A receiver that asks for a longer wait (``Retry-After``) waits this long."""

MOST_FAILURES = 20
"""After so many failed attempts in a row an endpoint is paused."""


def wait_before(tries: int, *, luck: int, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after ``tries`` failed attempts (1 or more); None when there is none left.

    ``luck``, 0 to 100, lengthens the wait by up to a fifth, so that what failed together does not come back together.
    A longer wait that the receiver ``asked`` for is kept, up to a day.
    """
    if tries >= len(WAITS):
        return None
    wait = spread(WAITS[tries], luck=luck)
    return max(wait, min(asked, LONGEST_ASKED)) if asked is not None else wait


def asked_wait(header: str | None, now: datetime) -> timedelta | None:
    """What a ``Retry-After`` asks for: seconds or a date; None when it cannot be read or lies in the past."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at - now if at > now else None
