"""The people of an installation, for those who look after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet

from makegood.kernel import clock
from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.parties.entries import Principal
from makegood.parties.errors import BeyondYourLimits, NotFound
from makegood.parties.models import Invitation, Role, User
from makegood.parties.selectors.limits_said import sentence_of, sentences
from makegood.parties.selectors.second_factors import has_totp, with_totp
from makegood.parties.selectors.visible import (
    customers_visible_to,
    demand,
    programs_visible_to,
    vendors_visible_to,
)
from makegood.parties.states import Dimension, PersonState, RoleKey, Verb

ORDER = (Key("id", descending=True),)
SIZE = 50


@dataclass(frozen=True)
class PersonRow:
    """Somebody as administrators see them. ``sees`` says their limits in a sentence, ``own_limit`` the amounts that
    they may decide alone where these are not the role's. ``invitation`` is the last one, while it was not accepted.
    """

    user: User
    state: PersonState
    sees: str
    totp: bool
    invitation: Invitation | None

    @property
    def id(self) -> int:
        """Of the person."""
        return self.user.pk

    @property
    def party(self) -> str:
        """The customer or vendor they belong to; empty for the operator's own."""
        return str(self.user.customer or self.user.vendor or "")

    @property
    def last_seen_at(self) -> datetime | None:
        """When they signed in last."""
        return self.user.last_login


def people_visible_to(principal: Principal) -> QuerySet[User]:
    """Everybody, for who sees everything; otherwise the people of customers and vendors in scope."""
    people = User.objects.select_related("role", "customer", "vendor", "zone")
    if principal.scope.everything:
        return people
    customers, vendors = customers_visible_to(principal), vendors_visible_to(principal)
    return people.filter(Q(customer__in=customers) | Q(vendor__in=vendors))


def people(
    principal: Principal, text: str = "", *, role: str = "", state: str = "", after: str = "", before: str = ""
) -> Page[PersonRow]:
    """A page of people, the newest first. ``text`` is in name or e-mail, ``role`` is a key.

    ``state`` is one of :class:`PersonState`, or ``no-totp`` for those who sign in without a second step.
    Raises NotPermitted.
    """
    demand(principal, Verb.USER_VIEW)
    found = people_visible_to(principal)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if role:
        found = found.filter(role__key=role)
    found = _in_state(found, state)
    page = page_of(found.prefetch_related("grants"), ORDER, place_of(after, before, ORDER), SIZE)
    users = list(page.rows)
    totp, said, asked = with_totp(user.pk for user in users), sentences(users), _invitations(users)
    return page.with_rows(
        [
            PersonRow(user, _state(user, asked.get(user.pk)), said[user.pk], user.pk in totp, asked.get(user.pk))
            for user in users
        ]
    )


def person(principal: Principal, user_id: int) -> PersonRow:
    """One of them. Raises NotPermitted, NotFound."""
    demand(principal, Verb.USER_VIEW)
    user = people_visible_to(principal).prefetch_related("grants").filter(pk=user_id).first()
    if user is None:
        raise NotFound()
    asked = _invitations([user]).get(user.pk)
    return PersonRow(user, _state(user, asked), sentence_of(user), has_totp(user.pk), asked)


def roles() -> list[Role]:
    """Every role, those that came with makegood first."""
    return list(Role.objects.order_by("pk"))


def people_by_role() -> Mapping[int, int]:
    """How many people who can sign in have each role."""
    counts: dict[int, int] = {}
    for role_id in User.objects.filter(is_active=True).values_list("role_id", flat=True):
        counts[role_id] = counts.get(role_id, 0) + 1
    return counts


def grant_in_sight(principal: Principal, dimension: Dimension, value: str) -> bool:
    """Whether somebody may let others see that much: never more than what they see themselves."""
    if dimension in (Dimension.CUSTOMER_SUBTREE, Dimension.PROGRAM, Dimension.VENDOR):
        if not value.isdecimal() or len(value) > 18:
            return False
        visible: dict[Dimension, Callable[[Principal], QuerySet[Any]]] = {
            Dimension.CUSTOMER_SUBTREE: customers_visible_to,
            Dimension.PROGRAM: programs_visible_to,
            Dimension.VENDOR: vendors_visible_to,
        }
        return visible[dimension](principal).filter(pk=int(value)).exists()
    return principal.scope.everything and bool(value) == (dimension is not Dimension.ALL)


def check_in_sight(principal: Principal, user: User) -> None:
    """Who does not see everything looks after people of customers and vendors in scope. Raises BeyondYourLimits."""
    if principal.scope.everything:
        return
    for party, visible in ((user.customer, customers_visible_to), (user.vendor, vendors_visible_to)):
        if party is not None:
            if not visible(principal).filter(pk=party.pk).exists():
                raise BeyondYourLimits(value=party.number)
            return
    raise BeyondYourLimits(value="everything")


def check_reach(principal: Principal, user: User, grants: Iterable[tuple[str, str]]) -> None:
    """Who does not see everything looks after nobody who may do more than they, or who sees more with these grants.

    Whatever buyers and vendors may do, anybody may let them. Raises BeyondYourLimits.
    """
    if principal.scope.everything:
        return
    if user.role.key not in (RoleKey.BUYER, RoleKey.VENDOR) and not principal.verbs.issuperset(user.role.verbs):
        raise BeyondYourLimits(value=user.role.name)
    for dimension, value in grants:
        if not grant_in_sight(principal, Dimension(dimension), value):
            raise BeyondYourLimits(value=value or dimension)


def _in_state(found: QuerySet[User], state: str) -> QuerySet[User]:
    never = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if state == PersonState.ACTIVE:
        return found.filter(is_active=True)
    if state == PersonState.INVITED:
        return found.filter(never, is_active=False)
    if state == PersonState.OFF:
        return found.filter(~never, is_active=False)
    if state == "no-totp":
        return found.filter(is_active=True).exclude(authenticator__type="totp")
    return found


def _invitations(users: list[User]) -> dict[int, Invitation]:
    """The latest invitation of those who never chose a password."""
    wanted = [user.pk for user in users if not user.has_usable_password()]
    rows = Invitation.objects.filter(user__in=wanted, used_at=None).select_related("created_by").order_by("pk")
    return {row.user_id: row for row in rows}


def _state(user: User, asked: Invitation | None) -> PersonState:
    if user.is_active:
        return PersonState.ACTIVE
    if user.has_usable_password():
        return PersonState.OFF
    is_open = asked is not None and asked.revoked_at is None and asked.expires_at > clock.now()
    return PersonState.INVITED if is_open else PersonState.LAPSED
