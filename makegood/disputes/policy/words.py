"""Words for spans of time, as sentences of verdicts use them."""

from __future__ import annotations

from datetime import timedelta

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def span(duration: timedelta) -> str:
    """``8 days 5 hours``, ``40 minutes``, ``less than a minute``; the two largest units, floored."""
    seconds = int(abs(duration).total_seconds())
    parts: list[str] = []
    for name, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts) or "less than a minute"


def hours(amount: int) -> str:
    """``7 days`` where the hours are whole days, else ``30 hours``."""
    if amount % 24 == 0:
        return f"{amount // 24} day{'' if amount == 24 else 's'}"
    return f"{amount} hour{'' if amount == 1 else 's'}"
