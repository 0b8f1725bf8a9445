"""Whose endpoint it is, and what that owner may see."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet

from makegood.kernel import clock
from makegood.parties.entries import Principal, narrowed
from makegood.parties.models import Token, User
from makegood.parties.selectors import principal_of, scope_of
from makegood.parties.states import Verb
from makegood.webhooks.models import Endpoint


def with_owners() -> QuerySet[Endpoint]:
    """Endpoints with everything that says what their owners may see; the oldest first."""
    related = Endpoint.objects.select_related("owner__role", "token")
    return related.prefetch_related("owner__grants", "token__grants").order_by("pk")


def may_listen(endpoint: Endpoint) -> bool:
    """Whether its owner may still have an endpoint.

    A person who left or lost the permission may not, nor may a revoked token. A token that merely ended by its terms
    ends what it made for nobody; what it made for a person stays that person's, within the token's limits.
    """
    owner, token = endpoint.owner, endpoint.token
    if token is not None and (token.revoked_at is not None or (owner is None and _has_expired(token))):
        return False
    return listens_with(owner, token)


def listens_with(owner: User | None, token: Token | None) -> bool:
    """Whether the permission is held by the person and, where there is one, by the token."""
    if owner is not None and not (owner.is_active and Verb.WEBHOOK_MANAGE in owner.role.verbs):
        return False
    return token is None or Verb.WEBHOOK_MANAGE in token.scopes


def _has_expired(token: Token) -> bool:
    return token.expires_at is not None and token.expires_at <= clock.now()


def listener(endpoint: Endpoint) -> Principal:
    """The principal an endpoint hears for: its owner as of now, narrowed by the token it was made with."""
    owner, token = endpoint.owner, endpoint.token
    limits = scope_of(list(token.grants.all())) if token is not None else None
    if owner is None:
        verbs = frozenset(token.scopes) if token is not None else frozenset[str]()
        scope = limits or scope_of([])
        return Principal(None, endpoint.owner_label, "service", verbs, scope, token_id=endpoint.token_id)
    person = principal_of(owner)
    if token is None or limits is None:
        return person
    return replace(
        person,
        verbs=person.verbs & frozenset(token.scopes),
        scope=narrowed(person.scope, limits) if token.grants.all() else person.scope,
        acting_for=owner.pk,
        token_id=token.pk,
    )
