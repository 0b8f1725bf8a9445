"""Tokens as their administrators see them, and limits in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.errors import UnknownCustomer, UnknownLimit
from makegood.parties.models import AccessGrant, Customer, Program, Token, Vendor
from makegood.parties.selectors.visible import customers_visible_to, programs_visible_to
from makegood.parties.states import Dimension, TokenState


@dataclass(frozen=True)
class TokenRow:
    """A token as administrators see it. ``sees`` says its own limits in words; none where it sees what its person sees.

    ``acts_for`` is the person's e-mail and ``person`` the name; both are empty for a token that acts for nobody.
    """

    id: int
    name: str
    hint: str
    acts_for: str
    person: str
    scopes: tuple[str, ...]
    sees: tuple[str, ...]
    networks: tuple[str, ...]
    per_minute: int
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    state: TokenState


def tokens() -> list[TokenRow]:
    """Every token, the newest first (for those who manage them)."""
    return _token_rows(Token.objects.order_by("-pk"))


def _token_rows(rows: QuerySet[Token]) -> list[TokenRow]:
    found = list(rows.select_related("acts_for").prefetch_related("grants"))
    limits = [grant for token in found for grant in token.grants.all()]
    words = _limit_words(limits)
    return [
        TokenRow(
            id=token.pk,
            name=token.name,
            hint=token.hint,
            acts_for=token.acts_for.email if token.acts_for else "",
            person=str(token.acts_for) if token.acts_for else "",
            scopes=tuple(token.scopes),
            sees=tuple(words[grant.dimension, grant.value] for grant in token.grants.all()),
            networks=tuple(token.networks),
            per_minute=token.per_minute,
            created_at=token.created_at,
            last_used_at=token.last_used_at,
            expires_at=token.expires_at,
            revoked_at=token.revoked_at,
            state=_state(token),
        )
        for token in found
    ]


@dataclass(frozen=True)
class OwnToken:
    """The token that was shown, and what its person sees at most: limits in words (empty: nothing, or nobody)."""

    token: TokenRow
    person_sees: tuple[str, ...]


def own_token(principal: Principal) -> OwnToken:
    """What a token may know of itself. Raises IndexError for a principal without one."""
    token = _token_rows(Token.objects.filter(pk=principal.token_id or 0))[0]
    limits = list(AccessGrant.objects.filter(user=principal.id)) if principal.id is not None else []
    return OwnToken(token, tuple(sorted(_limit_words(limits).values())))


def tokens_called(word: str) -> list[TokenRow]:
    """The tokens of that id, hint or name; those that still let somebody in, where there are any."""
    found = [row for row in tokens() if word in {str(row.id), row.hint, row.name}]
    return [row for row in found if row.revoked_at is None] or found


def limits_named(
    principal: Principal, *, customers: Iterable[str] = (), programs: Iterable[str] = (), everything: bool = False
) -> list[tuple[Dimension, str]]:
    """Limits by numbers of customers, each with all below it, and keys of programs; only of what the principal sees.

    Raises UnknownCustomer, UnknownLimit.
    """
    limits = [(Dimension.ALL, "")] if everything else []
    for number in customers:
        customer = customers_visible_to(principal).filter(number=number).first()
        if customer is None:
            raise UnknownCustomer(number=number)
        limits.append((Dimension.CUSTOMER_SUBTREE, str(customer.pk)))
    for key in programs:
        program = programs_visible_to(principal).filter(key=key).first()
        if program is None:
            raise UnknownLimit(kind="program", value=key)
        limits.append((Dimension.PROGRAM, str(program.pk)))
    return limits


def _state(token: Token) -> TokenState:
    if token.revoked_at is not None:
        return TokenState.REVOKED
    if token.expires_at is not None and token.expires_at <= clock.now():
        return TokenState.EXPIRED
    if token.acts_for is not None and not token.acts_for.is_active:
        return TokenState.PERSON_OFF
    return TokenState.ACTIVE


def _limit_words(limits: Iterable[AccessGrant]) -> dict[tuple[str, str], str]:
    """What each limit says, by its dimension and value."""
    found = {(grant.dimension, grant.value) for grant in limits}
    subtrees = [value for dimension, value in found if dimension == Dimension.CUSTOMER_SUBTREE]
    programs = [value for dimension, value in found if dimension == Dimension.PROGRAM]
    vendors = [value for dimension, value in found if dimension == Dimension.VENDOR]
    named = {(Dimension.ALL.value, ""): "everything"}
    for row in Customer.objects.filter(pk__in=subtrees) if subtrees else ():
        named[Dimension.CUSTOMER_SUBTREE, str(row.pk)] = f"{row.name} ({row.number}) and below"
    for program in Program.objects.filter(pk__in=programs) if programs else ():
        named[Dimension.PROGRAM, str(program.pk)] = f"program {program.name}"
    for vendor in Vendor.objects.filter(pk__in=vendors) if vendors else ():
        named[Dimension.VENDOR, str(vendor.pk)] = f"vendor {vendor.name} ({vendor.number})"
    return {limit: named.get(limit) or f"{limit[0].replace('_', ' ')} {limit[1]}" for limit in found}
