"""Moments as people type them: a clock time of a named zone."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


class NoSuchTime(ValueError):
    """What was typed names no moment; the text is a sentence for the person."""


@cache
def zone_choices() -> tuple[str, ...]:
    """The names a person may choose from: places and UTC."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith(_ODD)))


_ODD = ("Etc/", "SystemV/", "posix/", "right/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


def zone_called(name: str) -> ZoneInfo:
    """The zone of that name. Raises NoSuchTime."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NoSuchTime(f'"{name}" is no time zone.') from error


def moment_typed(text: str, zone_name: str) -> datetime:
    """The instant (UTC) that ``2027-01-01T00:00`` is in a zone; of a time that comes twice the first.

    Raises NoSuchTime, also for a time that the clocks skip.
    """
    zone = zone_called(zone_name)
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise NoSuchTime("Write a day and a time, such as 2027-01-01 00:00.") from error
    if local.tzinfo is not None or not 1971 <= local.year <= 2199:
        raise NoSuchTime("Write a day and a time of the years 1971 to 2199, without an offset.")
    at = local.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local:
        raise NoSuchTime(f"The clocks of {zone_name} skip that time on that day.")
    return at
