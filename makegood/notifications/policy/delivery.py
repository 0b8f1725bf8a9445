"""Pure rules of delivery: what a window means, which one applies, and when a digest is due."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from makegood.notifications.errors import BadWindow
from makegood.notifications.states import PROFILES, SIDES, Side, Template

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
        shown = (
            datetime.combine(local.date() + timedelta(days=later), self.at, local.tzinfo).replace(fold=fold)
            for later in (0, 1, 2)
            for fold in (0, 1)  # an hour that the clock shows twice: the first one that is not over yet
        )
        return next(due for due in (one.astimezone(UTC) for one in shown) if due > opens_at)


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


AT_ONCE = frozenset(
    {
        Template.INFO,
        Template.ANSWERED,
        Template.SLA,
        Template.ALARM,
        Template.WEBHOOK,
        Template.NOT_SIGNED,
        Template.ASSIGNED,
        Template.ESCALATED,
    }
)
"""Messages that do not wait unless a person says so."""

ONE_BY_ONE = frozenset({Template.LETTER, Template.MONEY_MOVED, Template.REOPENED_OWN, Template.CLOSED})
"""Messages that do not wait where the program tells of each decision by itself (``per_decision``)."""

QUALITY_ASSURANCE = "quality_assurance"


@dataclass(frozen=True)
class Delivery:
    """How somebody gets a message: after which window, and whether also by e-mail, after which window of its own.

    Without a ``mail_window`` the e-mail comes with what stands under Notifications.
    """

    window: Window
    by_email: bool = False
    mail_window: Window | None = None

    @property
    def channels(self) -> tuple[tuple[bool, Window], ...]:
        """Where it is told (True: by e-mail) and after which window; one that is off tells nothing."""
        told = [(False, self.window)]
        if self.by_email:
            told.append((True, self.mail_window or self.window))
        return tuple((by_email, window) for by_email, window in told if not window.is_off)


def _profile(settings: Mapping[str, Any], side: Side) -> Mapping[str, Any]:
    notify = settings.get("notify")
    profile = notify.get(PROFILES[side]) if isinstance(notify, Mapping) else None
    return profile if isinstance(profile, Mapping) else {}


def program_window(settings: Mapping[str, Any], side: Side) -> Window:
    """The window a program sets for a side (``notify.manager.digest``); four hours when that says nothing.

    A value that is no window counts as nothing, so that a slip in the settings never stops the messages. A
    ``false`` counts as off: that is what an unquoted ``off`` becomes in a YAML file.
    """
    value = _profile(settings, side).get("digest")
    if value is False:
        return OFF
    if not isinstance(value, str):
        return DEFAULT
    try:
        return parse_window(value)
    except BadWindow:
        return DEFAULT


def program_delivery(settings: Mapping[str, Any], template: Template) -> Delivery:
    """How a program delivers a message.

    Questions, answers and what is late come at once. Where ``notify.buyer.per_decision`` is set, each decision comes
    by itself as a letter, and so does what happens to one dispute later; else there are no letters. Leads are flagged
    only where quality assurance reviews: ``queue.team`` says so, or ``notify.qa`` is there.
    """
    side = SIDES[template]
    profile = _profile(settings, side)
    channels = profile.get("channels")
    return Delivery(_window(settings, template), isinstance(channels, Sequence) and "email" in channels)


def _window(settings: Mapping[str, Any], template: Template) -> Window:
    if template in AT_ONCE:
        return IMMEDIATE
    if template in ONE_BY_ONE and _profile(settings, Side.BUYER).get("per_decision") is True:
        return IMMEDIATE
    if template is Template.LETTER or (template is Template.FLAGGED and not reviewed_by_qa(settings)):
        return OFF
    return program_window(settings, SIDES[template])


def reviewed_by_qa(settings: Mapping[str, Any]) -> bool:
    """Whether a program's disputes go to quality assurance."""
    queue, notify = settings.get("queue"), settings.get("notify")
    team = queue.get("team") if isinstance(queue, Mapping) else None
    return team == QUALITY_ASSURANCE or (isinstance(notify, Mapping) and Side.QA.value in notify)
