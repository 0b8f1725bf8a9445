"""Pure: waits that spread, so that what failed together does not come back together."""

from __future__ import annotations

from datetime import timedelta

_JITTER_PERCENT = 20


def spread(wait: timedelta, *, luck: int) -> timedelta:
    """The wait, lengthened by up to a fifth as ``luck``, 0 to 100, has it."""
    return wait * (10_000 + luck * _JITTER_PERCENT) // 10_000
