"""The menu: what a role may open, in groups, with counters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from makegood.parties.entries import Principal
from makegood.parties.states import Verb
from makegood.web import developers
from makegood.web.filing import may_file
from makegood.web.keymap import BY_NAME
from makegood.web.middleware import PageRequest

COUNT_LIMIT = 999


@dataclass(frozen=True)
class Counts:
    """What the counters of the menu say: what waits for a decision, and messages not read."""

    waiting: int = 0
    unread: int = 0


@dataclass(frozen=True)
class NavEntry:
    """One line of the menu; a count of zero is not shown. ``name`` is unique, ``key`` leads there."""

    name: str
    label: str
    href: str
    icon: str
    current: bool = False
    count: int = 0
    pending: bool = False

    @property
    def count_text(self) -> str:
        """The counter, capped so that nobody waits for a total."""
        return f"{COUNT_LIMIT}+" if self.count > COUNT_LIMIT else str(self.count)

    @property
    def action(self) -> str:
        """What its key is called in the map of keys; empty when it has none."""
        name = f"go.{self.name}"
        return name if name in BY_NAME else ""

    @property
    def key(self) -> str:
        """The key that leads there unless the person chose another one."""
        return BY_NAME[self.action].default if self.action else ""


@dataclass(frozen=True)
class NavGroup:
    """Entries that belong together; the first group has no label."""

    label: str
    entries: tuple[NavEntry, ...]


@dataclass(frozen=True)
class _Place:
    """Where an entry leads, who has it, and what it counts."""

    group: str
    name: str
    label: str
    icon: str
    has: Callable[[PageRequest], bool]
    counts: str = ""
    url: str = ""

    @property
    def href(self) -> str | None:
        """The address; None where this installation has no such page."""
        try:
            return reverse(self.url or self.name)
        except NoReverseMatch:
            return None


def _may(verb: Verb) -> Callable[[PageRequest], bool]:
    return lambda request: request.principal.can(verb)


def _follows(request: PageRequest) -> bool:
    """Sees disputes without deciding them."""
    return request.principal.can(Verb.DISPUTE_VIEW) and not request.principal.can(Verb.DISPUTE_DECIDE)


def _is_paid(request: PageRequest) -> bool:
    return request.principal.vendor_id is not None


def _develops(request: PageRequest) -> bool:
    return bool(developers.tabs(request.principal))


def _everybody(request: PageRequest) -> bool:
    return request.user.is_active


PLACES = (
    _Place("", "queue", "Queue", "queue", _may(Verb.DISPUTE_DECIDE), "waiting"),
    _Place("", "calls", "Calls", "calls", _may(Verb.CHARGE_VIEW)),
    _Place("", "disputes", "Disputes", "disputes", _follows, "waiting"),
    _Place("", "returns", "Returns", "upload", may_file),
    _Place("", "adjusted_calls", "Adjusted calls", "adjusted", _is_paid),
    _Place("", "payouts", "Payout statement", "statement", _is_paid),
    _Place("", "credits", "Credits", "statement", _may(Verb.DISPUTE_VIEW)),
    _Place("", "notices", "Notifications", "bell", _everybody, "unread"),
    _Place("Set up", "customers", "Customers", "person", _may(Verb.USER_EDIT)),
    _Place("Set up", "tokens", "Developers", "code", _develops),
)


def _label(place: _Place, principal: Principal) -> str:
    return "My disputes" if place.name == "disputes" and principal.customer_id is not None else place.label


def _is_current(place: _Place, href: str, path: str) -> bool:
    return path.startswith(developers.FOLDER) if place.name == "tokens" else path.startswith(href)


def _address(place: _Place, principal: Principal) -> str | None:
    return developers.tabs(principal)[0].href if place.name == "tokens" else place.href


def groups(request: PageRequest, counts: Counts) -> tuple[NavGroup, ...]:
    """The menu of a person. Of entries below each other the most exact one is where the person is."""
    principal = request.principal
    found = [
        (place, href) for place in PLACES if place.has(request) and (href := _address(place, principal)) is not None
    ]
    here = max((href for place, href in found if _is_current(place, href, request.path)), key=len, default="")
    entries = [
        (
            place.group,
            NavEntry(
                place.name,
                _label(place, principal),
                href,
                place.icon,
                current=href == here,
                count=getattr(counts, place.counts) if place.counts else 0,
                pending=place.counts == "waiting",
            ),
        )
        for place, href in found
    ]
    labels = dict.fromkeys(label for label, _ in entries)
    return tuple(NavGroup(label, tuple(entry for group, entry in entries if group == label)) for label in labels)
