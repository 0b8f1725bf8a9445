"""Pure rules of delivery: what a window means, which one applies, and when a digest is due."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from makegood.notifications.errors import BadWindow
from makegood.notifications.states import Side

EARLY_AT = 50
"""A digest that tells of this many items is delivered before its time."""

LONGEST = timedelta(days=31)

_EVERY = re.compile(r"(?P<number>\d{1,6})(?P<unit>[smhd])", re.ASCII)
_DAILY = re.compile(r"daily(?: (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d))?")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_ALIASES = {"hourly": "1h"}
_MORNING = time(9)


@dataclass(frozen=True)
class Window:
    """How long a message gathers items: ``length`` after the first one, or until ``at`` o'clock local time.

    ``text`` is the one spelling of it; neither length nor clock time means that nothing is delivered at
    all.
    """

    text: str
    length: timedelta | None = None
    at: time | None = None

    @property
    def is_off(self) -> bool:
        """Whether nothing is delivered."""
        return self.length is None and self.at is None

    def due(self, opens_at: datetime, zone: str) -> datetime:
        """When a digest opened at ``opens_at`` (aware) is due for somebody in ``zone``.

        Raises ValueError for a window that is off.
        """
        if self.length is not None:
            return opens_at + self.length
        if self.at is None:
            raise ValueError("a window that is off is never due")
        local = opens_at.astimezone(ZoneInfo(zone))
        due = datetime.combine(local.date(), self.at, local.tzinfo)
        if due <= local:
            due = datetime.combine(local.date() + timedelta(days=1), self.at, local.tzinfo)
        return due.astimezone(UTC)


OFF = Window("off")
IMMEDIATE = Window("immediate", timedelta(0))


def _every(seconds: int) -> Window:
    for unit in ("h", "m"):
        if seconds % _UNITS[unit] == 0:
            return Window(f"{seconds // _UNITS[unit]}{unit}", timedelta(seconds=seconds))
    return Window(f"{seconds}s", timedelta(seconds=seconds))


@lru_cache(maxsize=256)
def parse_window(text: str) -> Window:
    """The window that a setting names: ``off``, ``immediate``, ``15m``, ``4h``, ``daily``, ``daily 16:30``.

    ``daily`` alone means nine in the morning. Raises BadWindow for anything else, and above 31 days.
    """
    words = " ".join(text.lower().split())
    words = _ALIASES.get(words, words)
    if words in (OFF.text, IMMEDIATE.text):
        return OFF if words == OFF.text else IMMEDIATE
    if daily := _DAILY.fullmatch(words):
        at = time(int(daily["hour"]), int(daily["minute"])) if daily["hour"] else _MORNING
        return Window(f"daily {at:%H:%M}", at=at)
    every = _EVERY.fullmatch(words)
    if every is None:
        raise BadWindow(text=text)
    seconds = int(every["number"]) * _UNITS[every["unit"]]
    if seconds == 0:
        return IMMEDIATE
    if timedelta(seconds=seconds) > LONGEST:
        raise BadWindow(text=text)
    return _every(seconds)


DEFAULT = parse_window("4h")


def program_window(settings: Mapping[str, Any], side: Side) -> Window:
    """The window a program sets for a side (``notify.manager.digest``); four hours when that says nothing.

    A value that is no window counts as nothing, so that a slip in the settings never stops the messages. A
    ``false`` counts as off: that is what an unquoted ``off`` becomes in a YAML file.
    """
    notify = settings.get("notify")
    profile = notify.get(side.value) if isinstance(notify, Mapping) else None
    value = profile.get("digest") if isinstance(profile, Mapping) else None
    if value is False:
        return OFF
    if not isinstance(value, str):
        return DEFAULT
    try:
        return parse_window(value)
    except BadWindow:
        return DEFAULT
