"""What programs promise, as rows and as a form: hours or business days by kind of clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict

from makegood.disputes.policy.clocks import Profile, amount_words, calendar_of, key_of, profile_of
from makegood.disputes.selectors.calendars import rules_of
from makegood.disputes.states import ClockKind, ClockUnit
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to

CLOCKS: Mapping[ClockKind, tuple[str, str]] = {
    ClockKind.FIRST_TOUCH: ("First look", "from filing until a reviewer takes it"),
    ClockKind.DECISION: ("Decision", "from filing until it is decided"),
    ClockKind.INFO: ("Answer of the buyer", "from a question until it is answered"),
    ClockKind.RE_REVIEW: ("Second look", "from asking for one until it is decided"),
}
UNITS: Mapping[ClockUnit, str] = {
    ClockUnit.WALL: "hours",
    ClockUnit.BUSINESS_DAYS: "business days, to the end of the day",
    ClockUnit.SAME_TIME: "business days, to the same time of day",
    ClockUnit.OPEN_HOURS: "hours while the calendar is open",
}


@dataclass(frozen=True)
class TargetRow:
    """A program with its promises in words, and the calendar it counts by (empty: Monday to Friday in its zone)."""

    program: Program
    promises: tuple[tuple[str, str], ...]
    calendar: str


@dataclass(frozen=True)
class ClockForm:
    """One clock in the form."""

    kind: ClockKind
    title: str
    about: str
    unit: str
    target: str
    breach: str
    error: str = ""

    @property
    def units(self) -> list[tuple[str, str, bool]]:
        """How it may count."""
        off = ("", "no such clock", not self.unit)
        return [off, *((one.value, words, one.value == self.unit) for one, words in UNITS.items())]


@dataclass(frozen=True)
class Due:
    """When something sent at a moment would be due, by kind of clock."""

    title: str
    target: datetime | None
    breach: datetime | None


@dataclass
class Reading:
    """A form of clocks being read: the settings it says, and what is wrong by kind."""

    clocks: dict[ClockKind, dict[str, Any] | None] = field(default_factory=dict)
    wrong: dict[ClockKind, str] = field(default_factory=dict)


def target_rows(principal: Principal) -> list[TargetRow]:
    """The programs in scope with what they promise."""
    programs = programs_visible_to(principal).select_related("zone").order_by("name")
    return [TargetRow(one, tuple(promises(one)), calendar_of(one.settings)) for one in programs]


def promises(program: Program) -> list[tuple[str, str]]:
    """The clocks of a program with what they promise, in words."""
    found = []
    for kind, (title, _) in CLOCKS.items():
        profile = _profile(program.settings, kind)
        if profile is not None:
            found.append((title, promise_words(profile)))
    return found


def _profile(settings: Mapping[str, Any], kind: ClockKind) -> Profile | None:
    try:
        return profile_of(settings, kind)
    except ValueError:
        return None


def promise_words(profile: Profile) -> str:
    """``within 24 hours, 48 hours at the latest``."""
    said = [f"within {amount_words(profile.target, profile.unit)}"] if profile.target is not None else []
    if profile.breach is not None and profile.breach != profile.target:
        said.append(f"{amount_words(profile.breach, profile.unit)} at the latest")
    return ", ".join(said)


def forms_of(settings: Mapping[str, Any]) -> list[ClockForm]:
    """The form as the program's settings fill it."""
    forms = []
    for kind, (title, about) in CLOCKS.items():
        profile = _profile(settings, kind)
        unit, target, breach = (profile.unit.value, profile.target, profile.breach) if profile else ("", None, None)
        forms.append(ClockForm(kind, title, about, unit, _text(target), _text(breach)))
    return forms


def _text(amount: int | None) -> str:
    return "" if amount is None else str(amount)


def forms_typed(values: QueryDict, wrong: Mapping[ClockKind, str]) -> list[ClockForm]:
    """The form as it was typed, with what is wrong."""
    return [
        ClockForm(kind, title, about, *_typed(values, kind), wrong.get(kind, ""))
        for kind, (title, about) in CLOCKS.items()
    ]


def _typed(values: QueryDict, kind: ClockKind) -> tuple[str, str, str]:
    unit, target, breach = (values.get(f"{kind.value}-{name}", "").strip() for name in ("unit", "target", "breach"))
    return unit, target, breach


def read(values: QueryDict) -> Reading:
    """The settings that a form says."""
    reading = Reading()
    for kind in CLOCKS:
        unit, target, breach = _typed(values, kind)
        try:
            reading.clocks[kind] = _settings(kind, unit, target, breach)
        except ValueError as error:
            reading.wrong[kind] = str(error)
    return reading


def _settings(kind: ClockKind, unit: str, target: str, breach: str) -> dict[str, Any] | None:
    """One clock as ``sla`` keeps it. Raises ValueError with a sentence."""
    if not unit:
        return None
    if unit not in set(ClockUnit):
        raise ValueError(f'"{unit}" is no way to count.')
    name = key_of(ClockUnit(unit))
    typed = (("target", target), ("breach", breach))
    said: dict[str, Any] = {f"{part}_{name}": _whole(text) for part, text in typed if text}
    if not said:
        raise ValueError("Name a target, a limit, or both.")
    if unit == ClockUnit.SAME_TIME:
        said["same_time"] = True
    try:
        profile_of({"sla": {kind.value: said}}, kind)
    except ValueError as error:
        text = str(error)
        raise ValueError(f"{text[:1].upper()}{text[1:]}.") from error
    return said


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise ValueError(f'"{text}" is no whole number.')
    return int(text)


def dues(program: Program, sla: Mapping[str, Any], at: datetime) -> list[Due]:
    """When something that is filed at ``at`` would be due, by settings as they are typed."""
    program.settings = {**program.settings, "sla": dict(sla)}
    rules = rules_of(program)
    found = []
    for kind, profile in rules.profiles.items():
        target, breach = profile.due(at, rules.days)
        found.append(Due(CLOCKS[kind][0], target, breach))
    return found
