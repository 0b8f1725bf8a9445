"""What a person can choose: which messages concern them, how often they come, what the programs say."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.notifications.models import Preference
from makegood.notifications.policy import DEFAULT, Window, program_window
from makegood.notifications.states import SIDES, TITLES, Side, Template
from makegood.parties.entries import Principal
from makegood.parties.selectors import programs_visible_to
from makegood.parties.states import Verb

CHOICES = ("immediate", "15m", "1h", "4h", "daily 09:00", "off")
"""The windows that are offered; any other may be typed."""


@dataclass(frozen=True)
class Choice:
    """One message somebody can get: their own window (None: as the program) and what the programs say."""

    template: Template
    title: str
    window: str | None
    program_windows: tuple[str, ...]


def preferences(principal: Principal) -> list[Choice]:
    """The messages that can concern a person, with the windows that hold."""
    chosen = dict(Preference.objects.filter(user=principal.id).values_list("template", "window"))
    defaults = {side: program_windows(principal, side) for side in _sides(principal)}
    return [
        Choice(
            template=template,
            title=TITLES[template],
            window=chosen.get(template.value),
            program_windows=tuple(sorted(window.text for window in defaults[side])),
        )
        for template, side in SIDES.items()
        if side in defaults
    ]


def program_windows(principal: Principal, side: Side) -> frozenset[Window]:
    """The windows that the programs in scope set for a side; four hours where there is no program."""
    settings = programs_visible_to(principal).values_list("settings", flat=True)
    return frozenset(program_window(values, side) for values in settings) or frozenset({DEFAULT})


def _sides(principal: Principal) -> frozenset[Side]:
    belongs = {
        Side.MANAGER: principal.can(Verb.DISPUTE_DECIDE),
        Side.BUYER: principal.can(Verb.DISPUTE_CREATE) and principal.can(Verb.DISPUTE_VIEW),
        Side.VENDOR: principal.vendor_id is not None and principal.can(Verb.PAYOUT_VIEW),
    }
    return frozenset(side for side, does in belongs.items() if does)
