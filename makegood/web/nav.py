"""The menu: what a role may open, in groups, with counters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from makegood.disputes.policy.settings import keeps_off_the_bill
from makegood.parties.entries import Principal
from makegood.parties.states import Verb
from makegood.web import developers, programs
from makegood.web.filing import may_file
from makegood.web.keymap import BY_NAME
from makegood.web.middleware import PageRequest

COUNT_LIMIT = 999


@dataclass(frozen=True)
class Counts:
    """What the counters of the menu say: what waits for a decision, messages not read, signatures wanted."""

    waiting: int = 0
    unread: int = 0
    to_sign: int = 0
    to_set_up: int = 0


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


def _serves(request: PageRequest) -> bool:
    """Works for customers, being none."""
    principal = request.principal
    return principal.customer_id is None and principal.can(Verb.CUSTOMER_VIEW) and principal.can(Verb.DISPUTE_VIEW)


def _manages_leads(request: PageRequest) -> bool:
    """Sees charges of a program whose leads are reviewed."""
    return request.principal.can(Verb.CHARGE_VIEW) and programs.any_reviews_leads(request)


def _keeps_off(request: PageRequest) -> bool:
    """Settles a program that leaves credited items off the bill."""
    return request.principal.can(Verb.LEDGER_VIEW) and any(
        keeps_off_the_bill(program.settings) for program in programs.met(request)
    )


def _is_billed(request: PageRequest) -> bool:
    """A customer's own people, where a program is about the lines of bills."""
    return request.principal.customer_id is not None and any(
        "invoice_feature" in program.unit_kind for program in programs.met(request)
    )


def _is_paid(request: PageRequest) -> bool:
    return request.principal.vendor_id is not None


def _develops(request: PageRequest) -> bool:
    return bool(developers.tabs(request.principal))


def _everybody(request: PageRequest) -> bool:
    return request.user.is_active


PLACES = (
    _Place("", "lane", "Review", "headphones", _may(Verb.DISPUTE_DECIDE)),
    _Place("", "queue", "Queue", "queue", _may(Verb.DISPUTE_DECIDE), "waiting"),
    _Place("", "approvals", "Approvals", "sign", _may(Verb.DISPUTE_DECIDE), "to_sign"),
    _Place("", "proactive", "Quality review", "ear", _may(Verb.REVIEW_PROACTIVE)),
    _Place("", "accounts", "Accounts", "customer", _serves),
    _Place("", "calls", "Calls", "calls", _may(Verb.CHARGE_VIEW)),
    _Place("", "leads", "Lead manager", "lead", _manages_leads),
    _Place("", "disputes", "Disputes", "disputes", _follows, "waiting"),
    _Place("", "re_reviews", "Re-reviews", "again", _serves),
    _Place("", "returns", "Returns", "upload", may_file),
    _Place("", "adjusted_calls", "Adjusted calls", "adjusted", _is_paid),
    _Place("", "payouts", "Payout statement", "statement", _is_paid),
    _Place("", "credits", "Credits", "statement", _may(Verb.DISPUTE_VIEW)),
    _Place("", "bills", "My bills", "customer", _is_billed),
    _Place("", "do_not_bill", "Do not bill", "barred", _keeps_off),
    _Place("", "quality", "Quality", "chart", _may(Verb.LEDGER_VIEW)),
    _Place("", "exposure", "Exposure", "exposure", _may(Verb.LEDGER_VIEW)),
    _Place("", "notices", "Notifications", "bell", _everybody, "unread"),
    _Place("Set up", "setup", "First steps", "flag", _may(Verb.PROGRAM_EDIT), "to_set_up"),
    _Place("Set up", "programs", "Programs", "program", _may(Verb.PROGRAM_VIEW)),
    _Place("Set up", "policies", "Policies", "policy", _may(Verb.POLICY_VIEW)),
    _Place("Set up", "catalogs", "Catalogs", "catalog", _may(Verb.PROGRAM_VIEW)),
    _Place("Set up", "calendars", "Calendars", "calendar", _may(Verb.PROGRAM_VIEW)),
    _Place("Set up", "message_texts", "Message texts", "text", _may(Verb.PROGRAM_EDIT)),
    _Place("Set up", "people", "People", "person", _may(Verb.USER_VIEW)),
    _Place("Set up", "customers", "Customers", "customer", _may(Verb.USER_EDIT)),
    _Place("Set up", "incoming", "Imports", "upload", _may(Verb.IMPORT_RUN)),
    _Place("Set up", "tokens", "Developers", "code", _develops),
    _Place("Set up", "health", "Health", "health", _may(Verb.HEALTH_VIEW)),
)


def _label(place: _Place, principal: Principal) -> str:
    return "My disputes" if place.name == "disputes" and principal.customer_id is not None else place.label


def _is_current(place: _Place, href: str, path: str) -> bool:
    return path.startswith(developers.FOLDERS) if place.name == "tokens" else path.startswith(href)


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
