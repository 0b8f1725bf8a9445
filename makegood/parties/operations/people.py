"""Verbs of people: change them, switch them off and on, limit what they see, help with a lost device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel.money import exponent
from makegood.parties.entries import Principal
from makegood.parties.errors import BadDecisionLimit, BeyondYourLimits, NoPasswordYet, NotYourself
from makegood.parties.models import AccessGrant, Customer, User, Vendor
from makegood.parties.operations.administrators import (
    administrators,
    check_administrator_remains,
    person_for,
)
from makegood.parties.operations.directory import (
    party_called,
    person_name,
    role_called,
    set_grants,
    usual_grant,
    zone_named,
)
from makegood.parties.operations.invitations import end_invitations
from makegood.parties.operations.sessions import end_every_session
from makegood.parties.operations.sign_ins import note
from makegood.parties.policy import without_limit
from makegood.parties.selectors.people_list import check_in_sight, check_reach, grant_in_sight
from makegood.parties.states import Dimension, RoleKey, SignInEvent


@transaction.atomic
def change_person(
    principal: Principal,
    *,
    user_id: int,
    name: str,
    role_key: str,
    zone: str = "",
    customer_number: str | None = None,
    vendor_number: str | None = None,
    max_decision_micros: Mapping[str, int] | None = None,
) -> User:
    """Set everything that an administrator says of a person. ``max_decision_micros`` None means as the role says.

    With another customer or vendor the person sees that one's, and nothing of the one before; with another role they
    keep their limits, unless they saw what the role before usually sees. Nobody changes their own role, party or limit.
    Errors: NOT_FOUND, NAME_TOO_LONG, UNKNOWN_ROLE, UNKNOWN_ZONE, UNKNOWN_CUSTOMER, UNKNOWN_VENDOR, PARTY_REQUIRED,
    UNKNOWN_CURRENCY, BAD_DECISION_LIMIT, BEYOND_YOUR_LIMITS, NOT_YOURSELF, LAST_ADMINISTRATOR. Raises NotPermitted.
    """
    user = person_for(principal, user_id)
    before, there = administrators(), _facts(user)
    saw = usual_grant(user.role.key, user.customer, user.vendor)
    user.name = person_name(name)
    user.role = role_called(role_key)
    user.customer = party_called(customer_number, Customer)
    user.vendor = party_called(vendor_number, Vendor)
    user.zone = zone_named(zone) if zone else None
    user.max_decision_micros = _checked(max_decision_micros)
    user.is_staff = user.role.key == RoleKey.ADMIN
    sees = usual_grant(user.role.key, user.customer, user.vendor)
    check_in_sight(principal, user)
    check_reach(principal, user, [sees])
    now = _facts(user)
    if now == there:
        return user
    if user.pk == principal.id and any(there[key] != now[key] for key in ("role", "customer", "vendor", "limit")):
        raise NotYourself()
    user.save()
    if sees != saw and _sees_usual(
        user, saw, moved=there["customer"] != now["customer"] or there["vendor"] != now["vendor"]
    ):
        set_grants(principal, user=user, grants=[sees])
    check_administrator_remains(before)
    _record(principal, user, "change", "user.changed", {"before": there, "after": now})
    return user


@transaction.atomic
def switch_person(principal: Principal, *, user_id: int, on: bool) -> User:
    """Let a person in, or no longer: sessions end at once, and so does every token that acts for them.

    Errors: NOT_FOUND, NOT_YOURSELF, NO_PASSWORD_YET, BEYOND_YOUR_LIMITS, LAST_ADMINISTRATOR. Raises NotPermitted.
    """
    user = person_for(principal, user_id, oneself=False)
    if on and not user.has_usable_password():
        raise NoPasswordYet(person=str(user))
    if not on and end_invitations(user):
        _record(principal, user, "revoke", "user.invitation_revoked", {"email": user.email})
    if user.is_active == on:
        return user
    before = administrators()
    user.is_active = on
    user.save(update_fields=["is_active"])
    check_administrator_remains(before)
    ended = 0 if on else end_every_session(user.pk)
    _record(principal, user, "switch", "user.switched", {"before": not on, "after": on, "sessions": ended})
    return user


@transaction.atomic
def limit_person(principal: Principal, *, user_id: int, grants: Sequence[tuple[Dimension, str]]) -> User:
    """Replace what a person sees; without any grant, nothing. Nobody hands on more than they see themselves.

    Errors: NOT_FOUND, NOT_YOURSELF, BEYOND_YOUR_LIMITS, LAST_ADMINISTRATOR. Raises NotPermitted.
    """
    user = person_for(principal, user_id, oneself=False)
    wanted = list(dict.fromkeys(grants))
    for dimension, value in wanted:
        if not grant_in_sight(principal, dimension, value):
            raise BeyondYourLimits(value=value or dimension.value)
    if sorted(wanted) == sorted((Dimension(grant.dimension), grant.value) for grant in user.grants.all()):
        return user
    before = administrators()
    set_grants(principal, user=user, grants=wanted)
    check_administrator_remains(before)
    return user


@transaction.atomic
def reset_second_step(principal: Principal, *, user_id: int) -> bool:
    """Forget the authenticator app and the recovery codes of somebody who lost them, and end their sessions.

    Says whether there was one. Errors: NOT_FOUND, NOT_YOURSELF, BEYOND_YOUR_LIMITS. Raises NotPermitted.
    """
    user = person_for(principal, user_id, oneself=False)
    count, _ = Authenticator.objects.filter(user_id=user.pk).delete()
    if count:
        note(principal, SignInEvent.TOTP_RESET, user_id=user.pk, facts={"sessions": end_every_session(user.pk)})
    return bool(count)


def checked_limits(limits: Mapping[str, int]) -> dict[str, int]:
    """Currency to micros of zero or more, or the map that says no limit. Raises UnknownCurrency, BadDecisionLimit."""
    if limits == without_limit():
        return without_limit()
    for currency, micros in limits.items():
        exponent(currency)
        if micros < 0:
            raise BadDecisionLimit(currency=currency)
    return dict(limits)


def _checked(limits: Mapping[str, int] | None) -> dict[str, int] | None:
    return None if limits is None else checked_limits(limits)


def _facts(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role.key,
        "zone": user.zone.name if user.zone else "",
        "customer": user.customer.number if user.customer else "",
        "vendor": user.vendor.number if user.vendor else "",
        "limit": user.max_decision_micros,
    }


def _sees_usual(user: User, usual: tuple[Dimension, str], *, moved: bool) -> bool:
    """Whether the grants follow the role and the party; somebody who moved never keeps the grants of before."""
    return moved or list(AccessGrant.objects.filter(user=user).values_list("dimension", "value")) == [usual]


def _record(principal: Principal, user: User, verb: str, event: str, changes: Mapping[str, Any]) -> None:
    journal.record(
        principal,
        verb=verb,
        event=event,
        object_kind="user",
        object_id=user.pk,
        customer_id=user.customer_id,
        vendor_id=user.vendor_id,
        changes=changes,
    )
