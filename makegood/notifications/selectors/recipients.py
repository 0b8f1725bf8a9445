"""Who is told: people of the right side who may see what the message is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from django.db.models import Q, QuerySet

from makegood.disputes.selectors.handling import followers_of
from makegood.notifications.entries import Recipient
from makegood.notifications.events import Party
from makegood.notifications.models import Preference
from makegood.notifications.policy import Delivery, Quiet, parse_window, program_delivery
from makegood.notifications.states import TO_SUBMITTER, Side, Template
from makegood.parties.entries import Principal
from makegood.parties.models import Customer, Program, User
from makegood.parties.selectors import customer_predicate, has_customer_limits, principal_of
from makegood.parties.states import RoleKey, Verb

NEEDED: dict[Side, Verb] = {
    Side.MANAGER: Verb.DISPUTE_DECIDE,
    Side.BUYER: Verb.DISPUTE_VIEW,
    Side.VENDOR: Verb.PAYOUT_VIEW,
    Side.QA: Verb.DISPUTE_VIEW,
    Side.REVIEWER: Verb.DISPUTE_VIEW,
    Side.LEAD: Verb.DISPUTE_DECIDE_ANY,
    Side.ADMIN: Verb.USER_EDIT,
    Side.OWNER: Verb.WEBHOOK_MANAGE,
    Side.SIGNER: Verb.DISPUTE_DECIDE,
    Side.FOLLOWER: Verb.DISPUTE_VIEW,
}
"""What somebody must be permitted to belong to a side."""


Key = tuple[str, int]
"""What ties people to a party: their own number, their customer's, their vendor's, or nothing at all."""

EVERYBODY: Key = ("", 0)

TIMED = ("zone", "customer__zone", "vendor__zone", "quiet_hours")
"""What is read with a person to know when to tell."""


def audiences(parties: Iterable[Party]) -> dict[Party, tuple[Recipient, ...]]:
    """The recipients of each party's notices, read once for all of them.

    Managers: whoever may decide. Submitter side: the people of the customer and of those above it in the
    tree who may file disputes, and the person who submitted; of a letter or a question that person alone, where there
    is one who still may read it. Vendors: the people of the vendor. Quality assurance: the people of that role.
    Reviewer: the one named. Leads: whoever may decide for others. Admins: whoever may edit people. Signers: whoever
    decides as much alone. Followers: who follows the dispute. All of them only in scope; an owner hears of what is
    theirs.
    """
    asked = set(parties)
    found = _audiences(asked)
    left = {
        party: replace(party, submitted_by=None)
        for party in asked
        if party.template in TO_SUBMITTER and party.submitted_by is not None and not found[party]
    }
    instead = _audiences(set(left.values())) if left else {}
    return {party: tuple(instead[left[party]] if party in left else found[party]) for party in asked}


def _audiences(asked: set[Party]) -> dict[Party, list[Recipient]]:
    lines = _lines({party.customer_id for party in asked if party.customer_id is not None})
    following = followers_of({party.dispute_id for party in asked if party.dispute_id is not None})
    found: dict[Party, list[Recipient]] = {party: [] for party in asked}
    for side in Side:
        tied: dict[Key, list[Party]] = {}
        for party in asked:
            if party.side is side:
                for key in _keys_of_party(side, party, lines, following):
                    tied.setdefault(key, []).append(party)
        for user in _people(side, set(tied)) if tied else ():
            principal = principal_of(user)
            concerned = {party for key in _keys_of_person(side, principal) for party in tied.get(key, ())}
            recipient = _recipient(user)
            for party in concerned if side is Side.OWNER else _in_sight(principal, concerned):
                if _concerns(principal, party):
                    found[party].append(recipient)
    return found


def _concerns(principal: Principal, party: Party) -> bool:
    """Whether somebody who could hear of it is meant: not who is left out, nor whose limit is too low to sign it."""
    if party.but is not None and party.but == principal.id:
        return False
    if party.inside and not principal.can(Verb.DISPUTE_DECIDE):
        return False
    if party.sum is None:
        return True
    currency, micros = party.sum
    most = principal.alone(currency)
    return most is None or micros <= most


def _lines(customers: set[int]) -> dict[int, frozenset[int]]:
    """Each customer with those above it in the tree."""
    paths = dict(Customer.objects.filter(pk__in=customers).values_list("pk", "path"))
    above = {pk: _prefixes(path) for pk, path in paths.items()}
    wanted = {path for prefixes in above.values() for path in prefixes}
    ids = dict(Customer.objects.filter(path__in=wanted).values_list("path", "pk"))
    return {pk: frozenset(ids[path] for path in prefixes if path in ids) for pk, prefixes in above.items()}


def _prefixes(path: str) -> list[str]:
    """``r12.a88.`` gives ``r12.`` and ``r12.a88.``."""
    steps = path.split(".")[:-1]
    return [".".join(steps[: depth + 1]) + "." for depth in range(len(steps))]


def _keys_of_party(
    side: Side, party: Party, lines: dict[int, frozenset[int]], following: Mapping[int, frozenset[int]]
) -> list[Key]:
    match side:
        case Side.MANAGER | Side.QA | Side.LEAD | Side.ADMIN | Side.SIGNER:
            return [EVERYBODY]
        case Side.REVIEWER | Side.OWNER:
            return [("user", party.person or 0)]
        case Side.FOLLOWER:
            return [("user", pk) for pk in following.get(party.dispute_id or 0, ())]
        case Side.VENDOR:
            return [("vendor", party.vendor_id or 0)]
        case Side.BUYER:
            if party.template in TO_SUBMITTER and party.submitted_by is not None:
                return [("user", party.submitted_by)]
            owners: list[Key] = [("customer", pk) for pk in lines.get(party.customer_id or 0, ())]
            return [*owners, ("user", party.submitted_by or 0)]


def _keys_of_person(side: Side, principal: Principal) -> list[Key]:
    match side:
        case Side.MANAGER | Side.QA | Side.LEAD | Side.ADMIN | Side.SIGNER:
            return [EVERYBODY]
        case Side.REVIEWER | Side.OWNER | Side.FOLLOWER:
            return [("user", principal.id or 0)]
        case Side.VENDOR:
            return [("vendor", principal.vendor_id or 0)]
        case Side.BUYER:
            files = principal.can(Verb.DISPUTE_CREATE)
            own: list[Key] = [("user", principal.id or 0)]
            return [*own, ("customer", principal.customer_id or 0)] if files else own


def _people(side: Side, keys: set[Key]) -> QuerySet[User]:
    """Active people with the verb of the side who share a key; the oldest first."""
    people = User.objects.filter(is_active=True, role__verbs__contains=[NEEDED[side].value])
    if side is Side.QA:
        people = people.filter(role__key=RoleKey.QA)
    if EVERYBODY not in keys:
        by_kind = {kind: {pk for one, pk in keys if one == kind} for kind in ("user", "customer", "vendor")}
        people = people.filter(
            Q(pk__in=by_kind["user"]) | Q(customer__in=by_kind["customer"]) | Q(vendor__in=by_kind["vendor"])
        )
    related = people.select_related("role", *TIMED)
    return related.prefetch_related("grants").order_by("pk")


def _in_sight(principal: Principal, parties: set[Party]) -> Iterable[Party]:
    """The parties whose charges are in scope, composed as parties' ``owned_predicate`` is for charges."""
    scope = principal.scope
    if scope.everything or scope.nothing:
        return parties if scope.everything else ()
    customers = {party.customer_id for party in parties if party.customer_id is not None}
    if has_customer_limits(scope):
        visible = Customer.objects.filter(customer_predicate(scope), pk__in=customers)
        customers = set(visible.values_list("pk", flat=True))
    return [
        party
        for party in parties
        if (party.customer_id in customers or not has_customer_limits(scope))
        and (scope.programs is None or party.program_id in scope.programs)
        and (scope.vendors is None or party.vendor_id in scope.vendors)
    ]


def zone_of(user: User) -> str:
    """The time zone of a person's day: their own, else that of their customer or vendor, else UTC."""
    party = user.customer or user.vendor
    zone = user.zone or (party.zone if party else None)
    return zone.name if zone else "UTC"


def recipients_of(ids: Collection[int]) -> dict[int, Recipient]:
    """People by their numbers, each with zone and quiet hours."""
    if not ids:
        return {}
    users = User.objects.filter(pk__in=ids).select_related(*TIMED)
    return {user.pk: _recipient(user) for user in users}


def _recipient(user: User) -> Recipient:
    zone, hours = zone_of(user), getattr(user, "quiet_hours", None)
    if hours is None:
        return Recipient(user.pk, zone)
    return Recipient(user.pk, zone, Quiet(hours.begins, hours.ends, frozenset(hours.days), zone, hours.lets_urgent))


def locale_of(user_id: int) -> str | None:
    """The locale of a person; None where there is none of that number."""
    return User.objects.filter(pk=user_id).values_list("locale", flat=True).first()


class Deliveries:
    """How a person gets a message: by their own choice, else as the program says, else after four hours."""

    def __init__(self, people: Iterable[int], programs: Iterable[int]) -> None:
        rows = Preference.objects.filter(user__in=set(people))
        self._chosen = {(row.user_id, row.template): row for row in rows}
        settings = Program.objects.filter(pk__in=set(programs)).values_list("pk", "settings")
        self._programs = {
            (pk, template): program_delivery(values, template) for pk, values in settings for template in Template
        }

    def of(self, user: int, template: Template, program: int | None) -> Delivery:
        """How one person gets one message of one program."""
        usual = self._programs.get((program or 0, template)) or program_delivery({}, template)
        return chosen_delivery(self._chosen.get((user, template.value)), usual)


def chosen_delivery(chosen: Preference | None, usual: Delivery) -> Delivery:
    """How a person gets a message where a program says ``usual``: by what they chose, else so."""
    if chosen is None:
        return usual
    return Delivery(
        window=parse_window(chosen.window) if chosen.window else usual.window,
        by_email=usual.by_email if chosen.by_email is None else chosen.by_email,
        mail_window=parse_window(chosen.mail_window) if chosen.mail_window else usual.mail_window,
    )
