"""Whom a token lets in, and who goes on when the request is over."""

from __future__ import annotations

import json
from datetime import datetime
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from makegood.kernel import clock, sql
from makegood.kernel.prepared import fetch
from makegood.parties.entries import SYSTEM, Principal, Scope, SignedIn, narrowed, token_digest
from makegood.parties.models import Token, User
from makegood.parties.selectors.people import principal_of
from makegood.parties.selectors.scopes import compiled
from makegood.parties.states import Dimension


class _TokenRow(NamedTuple):
    id: int
    digest: bytes
    name: str
    scopes: list[str]
    networks: list[str]
    per_minute: int
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    limits: str
    user_id: int | None
    user_label: str
    is_active: bool
    customer_id: int | None
    vendor_id: int | None
    role: str
    verbs: list[str]
    max_decision_micros: str
    user_limits: str


def sign_in(secret: str, *, request_id: str = "", ip: str | None = None) -> SignedIn | None:
    """Whom a token lets in now, from this address; None for one that is unknown, ended, or used from elsewhere.

    Behind a token that acts for a person stands that person: it may what both may, and sees what both see.
    """
    digest = token_digest(secret)
    found = fetch(sql.load("parties.token_by_digest"), {"digest": digest})
    if not found:
        return None
    row = _TokenRow(*found[0])
    if not compare_digest(bytes(row.digest), digest) or not _usable(row, ip):
        return None
    principal = _behind(row, request_id, ip)
    return SignedIn(principal, row.id, row.per_minute, row.last_used_at, is_limited=row.limits != "[]")


def acting_again(user_id: int | None, token_id: int | None) -> Principal | None:
    """Who acted as a person, through a token or as the system, as they may act now; None for who may not any more.

    For work that goes on after the request that began it. Where a token may come from was asked then.
    """
    if token_id is None:
        if user_id is None:
            return SYSTEM
        user = User.objects.select_related("role").filter(pk=user_id, is_active=True).first()
        return principal_of(user) if user is not None else None
    digest = Token.objects.filter(pk=token_id).values_list("digest", flat=True).first()
    found = fetch(sql.load("parties.token_by_digest"), {"digest": digest}) if digest is not None else []
    rows = [_TokenRow(*row)._replace(networks=[]) for row in found]
    return next((_behind(row, "", None) for row in rows if row.user_id == user_id and _usable(row, None)), None)


def _behind(row: _TokenRow, request_id: str, ip: str | None) -> Principal:
    own = _scope_of_limits(row.limits)
    if row.user_id is None:
        return Principal(
            id=None,
            label=row.name,
            role="service",
            verbs=frozenset(row.scopes),
            scope=own,
            token_id=row.id,
            request_id=request_id,
            ip=ip,
        )
    theirs = _scope_of_limits(row.user_limits)
    return Principal(
        id=row.user_id,
        label=row.user_label,
        role=row.role,
        verbs=frozenset(row.scopes) & frozenset(row.verbs),
        scope=theirs if row.limits == "[]" else narrowed(theirs, own),
        customer_id=row.customer_id,
        vendor_id=row.vendor_id,
        max_decision_micros=json.loads(row.max_decision_micros),
        acting_for=row.user_id,
        token_id=row.id,
        request_id=request_id,
        ip=ip,
    )


def _usable(row: _TokenRow, ip: str | None) -> bool:
    now = clock.now()
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return False
    if row.user_id is not None and not row.is_active:
        return False
    if not row.networks:
        return True
    try:
        address = ip_address(ip or "")
    except ValueError:
        return False
    seen_as = getattr(address, "ipv4_mapped", None) or address
    return any(seen_as in ip_network(network) for network in row.networks)


def _scope_of_limits(limits: str) -> Scope:
    """The scope of grants as the database gives them: dimension, value, and for a subtree its path."""
    values: dict[str, list[str]] = {}
    for dimension, value, path in json.loads(limits):
        allowed = values.setdefault(dimension, [])
        if dimension != Dimension.CUSTOMER_SUBTREE:
            allowed.append(value)
        elif path:
            allowed.append(path)
    return compiled(values)
