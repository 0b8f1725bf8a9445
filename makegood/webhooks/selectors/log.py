"""Reads of endpoints, of what was delivered to them, and of each attempt."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from makegood.parties.entries import Principal, narrowed
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.webhooks.events import NEEDED
from makegood.webhooks.models import Attempt, Delivery, Endpoint
from makegood.webhooks.selectors.owners import listener, with_owners


def endpoints_of(principal: Principal) -> list[Endpoint]:
    """The endpoints somebody manages, the oldest first: their own, and every one where they see everything.

    A token does not manage what hears more than it may hear itself, by its limits or by its scopes.
    """
    if not principal.can(Verb.WEBHOOK_MANAGE):
        return []
    found = with_owners()
    if principal.scope.everything:
        return [endpoint for endpoint in found if principal.token_id is None or _is_within(endpoint, principal)]
    mine = Q(pk__in=[])
    if principal.id is not None:
        mine |= Q(owner=principal.id)
    if principal.token_id is not None:
        mine |= Q(token=principal.token_id)
    return [endpoint for endpoint in found.filter(mine) if _is_within(endpoint, principal)]


def _is_within(endpoint: Endpoint, principal: Principal) -> bool:
    hears = listener(endpoint)
    told = hears.verbs & _TELLING
    return told <= principal.verbs and narrowed(hears.scope, principal.scope) == hears.scope


_TELLING = frozenset(NEEDED.values())
"""The permissions that decide what an endpoint hears."""


def endpoint_named(principal: Principal, public_id: str) -> Endpoint:
    """One of the endpoints somebody manages. Raises NotFound."""
    for endpoint in endpoints_of(principal):
        if endpoint.public_id == public_id:
            return endpoint
    raise NotFound()


def deliveries_of(endpoint: Endpoint) -> QuerySet[Delivery]:
    """What was, is and will be delivered to an endpoint, the newest first; the caller has scoped the endpoint."""
    return Delivery.objects.filter(endpoint=endpoint).order_by("-pk")


def delivery_named(principal: Principal, message_id: str) -> Delivery:
    """One delivery to an endpoint that somebody manages, with its endpoint. Raises NotFound."""
    named = message_id if message_id.isascii() and message_id.isprintable() else ""
    delivery = Delivery.objects.select_related("endpoint").filter(message_id=named).first()
    if delivery is None:
        raise NotFound()
    delivery.endpoint = endpoint_named(principal, delivery.endpoint.public_id)
    return delivery


def attempts(deliveries: Iterable[Delivery]) -> dict[int, list[Attempt]]:
    """The attempts at some deliveries, by the delivery's row, the first one first."""
    found: dict[int, list[Attempt]] = {delivery.pk: [] for delivery in deliveries}
    for attempt in Attempt.objects.filter(delivery__in=found).order_by("delivery", "number"):
        found[attempt.delivery_id].append(attempt)
    return found
