"""The frame around every page: menu, counters, program, theme, zone, keys, the bar that undoes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from makegood.disputes.selectors import queue, recommendations
from makegood.kernel import clock
from makegood.kernel.counting import counted_again
from makegood.notifications import selectors as notices
from makegood.parties.entries import Preferences, Principal
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to
from makegood.parties.selectors.installation import steps_left
from makegood.parties.selectors.scopes import view_of
from makegood.parties.states import Verb
from makegood.web import keymap, nav, programs, tours, undoing
from makegood.web.keymap import Key
from makegood.web.middleware import PageRequest
from makegood.web.nav import COUNT_LIMIT, Counts, NavGroup

THEMES = (("auto", "Auto"), ("light", "Light"), ("dark", "Dark"))


@dataclass(frozen=True)
class Shell:
    """What the frame shows. Signed out, only the theme."""

    theme_choice: str
    person: str = ""
    email: str = ""
    role: str = ""
    party: str = ""
    program: str = ""
    chosen: Program | None = None
    programs: tuple[Program, ...] = ()
    zone_name: str = ""
    zone_label: str = ""
    density: str = ""
    nav: tuple[NavGroup, ...] = ()
    unread: str = ""
    can_search: bool = False
    search_hint: str = ""
    own_keys: dict[str, object] = field(default_factory=dict)
    single_keys: bool = True
    list_keys: tuple[Key, ...] = ()
    undo: undoing.Undo | None = None
    tour: tours.Tour | None = None
    themes: tuple[tuple[str, str], ...] = THEMES

    @property
    def theme(self) -> str:
        """The fixed theme, or nothing for the system's own."""
        return "" if self.theme_choice == "auto" else self.theme_choice


def zone_label(now: datetime) -> str:
    """The short name of the zone in force and its distance from UTC: ``EST (UTC-5)``."""
    local = timezone.localtime(now)
    name, offset = local.strftime("%Z"), local.strftime("%z")
    hours, minutes = int(offset[1:3]), offset[3:]
    distance = (
        f"UTC{offset[0]}{hours}" + (f":{minutes}" if minutes != "00" else "") if hours or minutes != "00" else "UTC"
    )
    return distance if name == "UTC" or name[:1] in "+-" else f"{name} ({distance})"


def unread_text(count: int) -> str:
    """The number beside the bell; nothing for none."""
    return "" if not count else f"{count}" if count <= 99 else "99+"


def counts_of(principal: Principal) -> Counts:
    """What the counters say, each counted from what the person may see."""

    def lists() -> Sequence[QuerySet[Any, Any]]:
        return (
            *queue.waiting_up_to(principal, COUNT_LIMIT),
            notices.unread(principal),
            recommendations.to_sign_up_to(principal, COUNT_LIMIT),
        )

    undecided, held, unread, to_sign = counted_again("shell", view_of(principal), lists)
    return Counts(
        min(undecided + held, COUNT_LIMIT + 1),
        unread,
        to_sign,
        steps_left() if principal.can(Verb.PROGRAM_EDIT) else 0,
    )


def theme_of(request: HttpRequest) -> str:
    """The theme that this browser remembers."""
    choice = request.COOKIES.get("mg_theme", "auto")
    return choice if choice in dict(THEMES) else "auto"


def _search_hint(principal: Principal) -> str:
    if principal.can(Verb.CHARGE_VIEW):
        return "Dispute, call id, caller, invoice"
    return "Call id or sub id" if principal.vendor_id is not None else ""


def _program_name(request: PageRequest, met: tuple[Program, ...]) -> str:
    """The only program that there is, as plain text; a choice is shown as one."""
    if len(met) == 1:
        return met[0].name
    names = [] if met else list(programs_visible_to(request.principal).values_list("name", flat=True)[:2])
    return names[0] if len(names) == 1 else ""


def shell_of(request: HttpRequest) -> Shell:
    """The frame for one request; its counters start from what the person may see."""
    theme = theme_of(request)
    if not isinstance(getattr(request, "principal", None), Principal):
        return Shell(theme)
    page: PageRequest = request  # type: ignore[assignment]
    user, principal = page.user, page.principal
    preferences = Preferences.of(user.preferences)
    groups = keymap.groups_of(principal)
    counts = counts_of(principal)
    met = programs.met(page)
    hint = _search_hint(principal)
    narrows = len(met) > 1
    return Shell(
        theme,
        person=str(user),
        email=user.email,
        role=user.role.name,
        party=str(user.customer or user.vendor or ""),
        program=_program_name(page, met),
        chosen=programs.chosen(page) if narrows else None,
        programs=met if narrows else (),
        zone_name=page.zone,
        zone_label=zone_label(clock.now()),
        density=preferences.density,
        nav=nav.groups(page, counts),
        unread=unread_text(counts.unread),
        can_search=bool(hint),
        search_hint=hint,
        own_keys=keymap.delivered(preferences, groups),
        single_keys=preferences.single_keys,
        list_keys=keymap.keymap(preferences, (keymap.Group.LIST,)),
        undo=undoing.pending(page),
        tour=tours.tour_of(page),
    )
