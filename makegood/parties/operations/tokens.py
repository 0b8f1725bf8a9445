"""Makes and ends the tokens that programs sign in with."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.db import transaction
from django.db.models import Q

from makegood.journal import operations as journal
from makegood.kernel import clock, sql
from makegood.kernel.prepared import fetch
from makegood.parties.entries import TOKEN_PREFIX, Principal, token_digest
from makegood.parties.errors import (
    BadNetwork,
    BadTokenTerms,
    BeyondYourLimits,
    NotFound,
    PermissionNeeded,
    ScopeNotHeld,
    UnknownScope,
)
from makegood.parties.models import AccessGrant, Token, User
from makegood.parties.selectors import demand
from makegood.parties.selectors.people_list import check_reach, grant_in_sight, people_visible_to
from makegood.parties.states import Dimension, Verb, missing_needs

_BYTES = 32
_LONGEST_NAME = 100
_MOST_PER_MINUTE = 1_000_000
_MAPPED_BITS = 96
NOTED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a token is known."""


@dataclass(frozen=True)
class MadeToken:
    """A new token; ``secret`` is known now and never again."""

    token: Token
    secret: str = field(repr=False)


@transaction.atomic
def create_token(
    principal: Principal,
    *,
    name: str,
    scopes: Collection[str],
    acts_for: User | None = None,
    grants: Sequence[tuple[Dimension, str]] = (),
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
    per_minute: int = 600,
) -> MadeToken:
    """A token with ``scopes`` (verbs); ``per_minute`` is how many requests it may make in a minute.

    For a person it gets no scope that the person's role lacks. Without a person it sees what its own ``grants`` allow,
    so it needs some. ``networks`` are addresses or networks (CIDR). Who is limited gives nobody more than they have.
    Errors: UNKNOWN_SCOPE, PERMISSION_NEEDED, SCOPE_NOT_HELD, BAD_NETWORK, BAD_TOKEN_TERMS, BEYOND_YOUR_LIMITS. Raises
    NotPermitted.
    """
    demand(principal, Verb.TOKEN_MANAGE)
    wanted = _verbs(scopes)
    _check_owner(acts_for, wanted, grants)
    _check_reach(principal, acts_for, wanted, grants)
    _check_terms(name, expires_at, per_minute)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(_BYTES)
    token = Token.objects.create(
        name=name.strip(),
        hint=secret[: len(TOKEN_PREFIX) + 6],
        digest=token_digest(secret),
        acts_for=acts_for,
        scopes=sorted(wanted),
        networks=list(dict.fromkeys(_network(text) for text in networks)),
        per_minute=per_minute,
        created_at=clock.now(),
        created_by_id=principal.id,
        expires_at=expires_at,
    )
    limits = list(dict.fromkeys(grants))
    AccessGrant.objects.bulk_create([AccessGrant(token=token, dimension=d, value=v) for d, v in limits])
    _record_made(principal, token, limits)
    return MadeToken(token, secret)


@transaction.atomic
def revoke_token(principal: Principal, *, token_id: int) -> Token:
    """End a token at once; one that ended already stays as it is. Errors: NOT_FOUND. Raises NotPermitted."""
    demand(principal, Verb.TOKEN_MANAGE)
    token = Token.objects.select_for_update().filter(pk=token_id).first()
    if token is None:
        raise NotFound()
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        journal.record(
            principal,
            verb="revoke",
            event="token.revoked",
            object_kind="token",
            object_id=token.pk,
            changes={"name": token.name},
        )
    return token


def touch_token(token_id: int) -> None:
    """Note that the token was used; at most once a minute, so that a busy one is no hot row. Refuses nothing."""
    now = clock.now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY)
    Token.objects.filter(stale, pk=token_id).update(last_used_at=now)


def take_requests(token_id: int, *, minute: datetime, wanted: int, limit: int) -> tuple[int, int]:
    """Take up to ``wanted`` requests of a token's minute: how many were granted, how many are taken in all.

    All together never take more than ``limit``. Refuses nothing.
    """
    params = {"token_id": token_id, "minute": minute, "wanted": wanted, "allowed": limit}
    ((granted, taken),) = fetch(sql.load("parties.take_requests"), params)
    return granted, taken


def _record_made(principal: Principal, token: Token, limits: Sequence[tuple[Dimension, str]]) -> None:
    person = token.acts_for
    journal.record(
        principal,
        verb="create",
        event="token.created",
        object_kind="token",
        object_id=token.pk,
        customer_id=person.customer_id if person else None,
        vendor_id=person.vendor_id if person else None,
        changes={
            "name": token.name,
            "acts_for": person.pk if person else None,
            "scopes": token.scopes,
            "limits": [list(limit) for limit in limits],
            "networks": token.networks,
        },
    )


def _verbs(scopes: Collection[str]) -> frozenset[Verb]:
    known = {verb.value: verb for verb in Verb}
    for scope in scopes:
        if scope not in known:
            raise UnknownScope(scope=scope, scopes=", ".join(sorted(known)))
    wanted = frozenset(known[scope] for scope in scopes)
    for verb, need in missing_needs(wanted):
        raise PermissionNeeded(verb=verb.value, need=need.value)
    return wanted


def _network(text: str) -> str:
    try:
        found = ip_network(text.strip())
    except ValueError as error:
        raise BadNetwork(network=text) from error
    if isinstance(found, IPv4Network):
        return str(found)
    if found.network_address.scope_id:  # an interface of one machine means nothing to another
        raise BadNetwork(network=text)
    return str(_unmapped(found))


def _unmapped(network: IPv6Network) -> IPv4Network | IPv6Network:
    """The network itself; one that only spells IPv4 addresses in the way of IPv6 as what it is."""
    mapped, bits = network.network_address.ipv4_mapped, network.prefixlen - _MAPPED_BITS
    return network if mapped is None or bits < 0 else IPv4Network((mapped, bits))


def _check_owner(acts_for: User | None, wanted: frozenset[Verb], grants: Sequence[tuple[Dimension, str]]) -> None:
    if not wanted:
        raise BadTokenTerms(cause="it needs at least one scope")
    if acts_for is None:
        if not grants:
            raise BadTokenTerms(cause="it acts for nobody, so it needs limits that say what it sees")
        return
    if not acts_for.is_active:
        raise BadTokenTerms(cause=f"{acts_for} may not sign in any more")
    for verb in sorted(wanted - set(acts_for.role.verbs)):
        raise ScopeNotHeld(scope=verb, person=str(acts_for))


def _check_reach(
    principal: Principal, acts_for: User | None, wanted: frozenset[Verb], grants: Sequence[tuple[Dimension, str]]
) -> None:
    """Who does not see everything makes tokens for themselves, for people they look after, and within what they see."""
    if principal.scope.everything:
        return
    if acts_for is not None and acts_for.pk != principal.id:
        if not people_visible_to(principal).filter(pk=acts_for.pk).exists():
            raise BeyondYourLimits(value=str(acts_for))
        check_reach(principal, acts_for, acts_for.grants.values_list("dimension", "value"))
    if acts_for is None:
        for verb in sorted(wanted - principal.verbs):
            raise BeyondYourLimits(value=verb)
        for dimension, value in grants:
            if not grant_in_sight(principal, dimension, value):
                raise BeyondYourLimits(value=value or dimension)


def _check_terms(name: str, expires_at: datetime | None, per_minute: int) -> None:
    if not name.strip() or len(name.strip()) > _LONGEST_NAME:
        raise BadTokenTerms(cause=f"its name needs 1 to {_LONGEST_NAME} characters")
    if expires_at is not None and expires_at <= clock.now():
        raise BadTokenTerms(cause="it would have ended already")
    if not 1 <= per_minute <= _MOST_PER_MINUTE:
        raise BadTokenTerms(cause=f"it may make 1 to {_MOST_PER_MINUTE:,} requests a minute")
