"""The frame around every page: menu, counters, theme, zone, the bar that undoes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from makegood.disputes.selectors import queue
from makegood.kernel import clock
from makegood.notifications import selectors as notices
from makegood.parties.entries import Principal
from makegood.parties.selectors import programs_visible_to
from makegood.parties.states import RoleKey, Verb
from makegood.web import developers, undoing
from makegood.web.middleware import PageRequest

THEMES = (("auto", "Auto"), ("light", "Light"), ("dark", "Dark"))
COUNT_LIMIT = 999


@dataclass(frozen=True)
class NavEntry:
    """One line of the menu; a count of zero is not shown."""

    label: str
    href: str
    icon: str
    current: bool
    count: int = 0
    pending: bool = False

    @property
    def count_text(self) -> str:
        """The counter, capped so that nobody waits for a total."""
        return f"{COUNT_LIMIT}+" if self.count > COUNT_LIMIT else str(self.count)


@dataclass(frozen=True)
class Shell:
    """What the frame shows. Signed out, only the theme."""

    theme_choice: str
    person: str = ""
    email: str = ""
    role: str = ""
    party: str = ""
    program: str = ""
    zone_name: str = ""
    zone_label: str = ""
    nav: tuple[NavEntry, ...] = ()
    unread: str = ""
    can_search: bool = False
    decides: bool = False
    files: bool = False
    undo: undoing.Undo | None = None
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


def _entries(principal: Principal, path: str) -> list[NavEntry]:
    def entry(label: str, name: str, icon: str, count: int = 0, *, pending: bool = False) -> NavEntry:
        href = reverse(name)
        return NavEntry(label, href, icon, path.startswith(href), count, pending)

    entries = []
    decides = principal.can(Verb.DISPUTE_DECIDE)
    if decides:
        entries.append(entry("Queue", "queue", "queue", queue.waiting_count(principal, COUNT_LIMIT), pending=True))
    if principal.can(Verb.CHARGE_VIEW):
        entries.append(entry("Calls", "calls", "calls"))
    if principal.can(Verb.DISPUTE_VIEW) and not decides:
        label = "My disputes" if principal.role == RoleKey.BUYER else "Disputes"
        count = queue.waiting_count(principal, COUNT_LIMIT)
        entries.append(entry(label, "disputes", "disputes", count, pending=True))
    if principal.vendor_id is not None:
        entries.append(entry("Adjusted calls", "adjusted_calls", "adjusted"))
    for tab in developers.tabs(principal)[:1]:
        entries.append(NavEntry("Developers", tab.href, "code", path.startswith(developers.FOLDER)))
    return entries


def _unread(count: int) -> str:
    return "" if not count else f"{count}" if count <= 99 else "99+"


def shell_of(request: HttpRequest) -> Shell:
    """The frame for one request; its counters start from what the person may see."""
    choice = request.COOKIES.get("mg_theme", "auto")
    theme = choice if choice in dict(THEMES) else "auto"
    if not isinstance(getattr(request, "principal", None), Principal):
        return Shell(theme)
    page: PageRequest = request  # type: ignore[assignment]
    user, principal = page.user, page.principal
    programs = list(programs_visible_to(principal).values_list("name", flat=True)[:2])
    unread = notices.unread_count(principal)
    entries = _entries(principal, page.path)
    bell = NavEntry("Notifications", reverse("notices"), "bell", page.path.startswith(reverse("notices")), unread)
    return Shell(
        theme,
        person=str(user),
        email=user.email,
        role=user.role.name,
        party=str(user.customer or user.vendor or ""),
        program=programs[0] if len(programs) == 1 else "",
        zone_name=page.zone,
        zone_label=zone_label(clock.now()),
        nav=(*entries, bell),
        unread=_unread(unread),
        can_search=principal.can(Verb.CHARGE_VIEW),
        decides=principal.can(Verb.DISPUTE_DECIDE),
        files=principal.can(Verb.DISPUTE_CREATE),
        undo=undoing.pending(page),
    )
