"""Words for spans of time, days and lists, as sentences of verdicts use them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

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
        return counted(amount // 24, "day")
    return counted(amount, "hour")


def counted(amount: int, noun: str) -> str:
    """``1 day``, ``3 days``."""
    return f"{amount} {noun}{'' if amount == 1 else 's'}"


def seconds(amount: int) -> str:
    """``20 s`` below two minutes, else ``3 min 20 s``."""
    if amount < 120:
        return f"{amount} s"
    minutes, rest = divmod(amount, 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def milliseconds(amount: int) -> str:
    """``3 s`` of whole seconds, else ``2500 ms``."""
    return f"{amount} ms" if amount % 1000 else seconds(amount // 1000)


def day(value: datetime | str | None) -> str:
    """``5 Nov 2026`` of an aware time or its ISO text; empty for nothing."""
    if not value:
        return ""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return f"{at.day} {at:%b %Y}"


def minute(at: datetime) -> str:
    """``19 Nov 2026 10:02 UTC``."""
    return f"{at.astimezone(UTC):%-d %b %Y %H:%M} UTC"


def spelled(code: object) -> str:
    """A machine word as people read it: ``not_connected`` becomes ``not connected``."""
    return str(code).replace("_", " ").lower()


def listed(codes: Sequence[str]) -> str:
    """``call, lead, one time``."""
    return ", ".join(spelled(code) for code in codes)
