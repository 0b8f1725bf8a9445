"""Verbs of invitations: ask somebody in, again or no longer, and accept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel import clock
from makegood.parties.entries import Principal, token_digest
from makegood.parties.errors import NotFound, SwitchedOff, WeakPassword
from makegood.parties.models import Customer, Invitation, User, Vendor
from makegood.parties.operations.administrators import person_for
from makegood.parties.operations.directory import (
    keep_new,
    new_user,
    party_called,
    person_name,
    role_called,
    usual_grant,
    zone_named,
)
from makegood.parties.operations.sessions import end_every_session
from makegood.parties.selectors import demand, principal_of
from makegood.parties.selectors.invitations import open_invitation
from makegood.parties.selectors.people_list import check_in_sight, check_reach
from makegood.parties.states import Verb

LASTS = timedelta(days=7)
_BYTES = 32


@dataclass(frozen=True)
class MadeInvitation:
    """An invitation; ``secret`` is the end of its link, known now and never again."""

    user: User
    invitation: Invitation
    secret: str = field(repr=False)


@transaction.atomic
def invite(
    principal: Principal,
    *,
    email: str,
    role_key: str,
    customer_number: str | None = None,
    vendor_number: str | None = None,
    name: str = "",
    zone: str | None = None,
) -> MadeInvitation:
    """A person who cannot sign in yet, with a link that lets them choose a password within seven days.

    Errors: BAD_EMAIL, EMAIL_TAKEN, UNKNOWN_ROLE, UNKNOWN_CUSTOMER, UNKNOWN_VENDOR, PARTY_REQUIRED, UNKNOWN_ZONE,
    NAME_TOO_LONG, BEYOND_YOUR_LIMITS. Raises NotPermitted.
    """
    demand(principal, Verb.USER_EDIT)
    user = new_user(
        email=email,
        role=role_called(role_key),
        customer=party_called(customer_number, Customer),
        vendor=party_called(vendor_number, Vendor),
        name=name,
        zone=zone,
    )
    check_in_sight(principal, user)
    check_reach(principal, user, [usual_grant(user.role.key, user.customer, user.vendor)])
    user.is_active = False
    user.set_unusable_password()
    keep_new(principal, user)
    return _ask(principal, user)


@transaction.atomic
def invite_again(principal: Principal, *, user_id: int) -> MadeInvitation:
    """Another link, for somebody who never chose a password or forgot it; the link before ends.

    A password that there is holds until the link is used. Errors: NOT_FOUND, SWITCHED_OFF, BEYOND_YOUR_LIMITS. Raises
    NotPermitted.
    """
    user = person_for(principal, user_id)
    if user.has_usable_password() and not user.is_active:
        raise SwitchedOff(person=str(user))
    end_invitations(user)
    return _ask(principal, user)


@transaction.atomic
def revoke_invitation(principal: Principal, *, user_id: int) -> bool:
    """Take back the open invitation of a person; whether there was one.

    Errors: NOT_FOUND, BEYOND_YOUR_LIMITS. Raises NotPermitted.
    """
    user = person_for(principal, user_id)
    ended = end_invitations(user)
    if ended:
        _record(principal, user, "revoke", "user.invitation_revoked")
    return ended


@transaction.atomic
def accept_invitation(secret: str, *, name: str, password: str, zone: str = "") -> User:
    """Use an invitation: the person has a name, a password and a zone, and may sign in from now on.

    Whoever was signed in as them is signed out.
    Errors: NOT_FOUND, INVITATION_ENDED, NAME_TOO_LONG, WEAK_PASSWORD, UNKNOWN_ZONE.
    """
    found = Invitation.objects.select_for_update().filter(digest=token_digest(secret)).first()
    if found is None:
        raise NotFound()
    invitation = open_invitation(found)
    user = User.objects.select_for_update(of=("self",)).select_related("role").get(pk=invitation.user_id)
    user.name = person_name(name)
    if zone:
        user.zone = zone_named(zone)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(why=" ".join(error.messages)) from error
    user.set_password(password)
    user.is_active = True
    user.save(update_fields=["name", "zone", "password", "is_active"])
    end_every_session(user.pk)
    invitation.used_at = clock.now()
    invitation.save(update_fields=["used_at"])
    _record(principal_of(user), user, "accept", "user.invitation_accepted")
    return user


def _ask(principal: Principal, user: User) -> MadeInvitation:
    secret = secrets.token_urlsafe(_BYTES)
    now = clock.now()
    invitation = Invitation.objects.create(
        user=user,
        digest=token_digest(secret),
        created_at=now,
        created_by_id=principal.id,
        expires_at=now + LASTS,
    )
    _record(principal, user, "invite", "user.invited")
    return MadeInvitation(user, invitation, secret)


def end_invitations(user: User) -> bool:
    """End every invitation of a person that is still open; whether there was one. Refuses nothing."""
    found = Invitation.objects.filter(user=user, used_at=None, revoked_at=None)
    return bool(found.update(revoked_at=clock.now()))


def _record(principal: Principal, user: User, verb: str, event: str) -> None:
    journal.record(
        principal,
        verb=verb,
        event=event,
        object_kind="user",
        object_id=user.pk,
        customer_id=user.customer_id,
        vendor_id=user.vendor_id,
        changes={"email": user.email, "role": user.role.key},
    )
