"""Who a token is: what it may do, what it sees, and until when."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from makegood.api.http import Request, Response
from makegood.api.routing import Route
from makegood.api.v1 import tags
from makegood.parties.selectors import own_token


class Person(Struct, frozen=True):
    """Somebody who stands behind a token."""

    id: int
    name: str
    email: str


class Me(Struct, kw_only=True):
    """The token that was sent.

    ``scopes`` are the permissions that hold: those of the token that its person has too. ``limits`` say in words what
    the token sees at most; with none of its own it sees what its person sees, ``person_limits``.
    """

    name: str
    hint: str
    acts_for: Person | None
    role: str
    scopes: list[str]
    limits: list[str]
    person_limits: list[str]
    customer: int | None
    vendor: int | None
    networks: list[str]
    requests_per_minute: int
    created_at: datetime
    expires_at: datetime | None


def me(request: Request) -> Response:
    """The token's own."""
    principal = request.principal
    own = own_token(principal)
    token = own.token
    person = Person(principal.id, token.person, token.acts_for) if principal.id is not None else None
    body = Me(
        name=token.name,
        hint=token.hint,
        acts_for=person,
        role=principal.role,
        scopes=sorted(principal.verbs),
        limits=sorted(token.sees),
        person_limits=list(own.person_sees),
        customer=principal.customer_id,
        vendor=principal.vendor_id,
        networks=list(token.networks),
        requests_per_minute=token.per_minute,
        created_at=token.created_at,
        expires_at=token.expires_at,
    )
    return tags.read(request, body)


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/api/v1/me",
        "getMe",
        me,
        "Read what this token is and may do.",
        "me",
        answer=Me,
        statuses={304: None},
    ),
)
