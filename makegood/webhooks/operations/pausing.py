"""Stops sending to an endpoint, and begins again."""

from __future__ import annotations

from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.webhooks.errors import EndpointActive, EndpointChanged, EndpointDisabled
from makegood.webhooks.models import Delivery, Endpoint
from makegood.webhooks.selectors.log import endpoint_named
from makegood.webhooks.selectors.owners import may_listen, with_owners
from makegood.webhooks.states import Cause, DeliveryState, EndpointState


def locked(principal: Principal, endpoint_id: str, version: int | None = None) -> Endpoint:
    """An endpoint that somebody manages, locked. Raises NotPermitted, NotFound, EndpointChanged."""
    demand(principal, Verb.WEBHOOK_MANAGE)
    named = endpoint_named(principal, endpoint_id)
    endpoint = with_owners().filter(pk=named.pk).select_for_update(of=("self",), no_key=True).first()
    if endpoint is None:
        raise NotFound()
    if version is not None and version != endpoint.lock_version:
        raise EndpointChanged()
    return endpoint


def demand_owner(principal: Principal) -> None:
    """Raise NotPermitted unless a person or a token stands behind it, to whom an endpoint can belong."""
    demand(principal, Verb.WEBHOOK_MANAGE)
    if principal.id is None and principal.token_id is None:
        raise NotPermitted(verb=Verb.WEBHOOK_MANAGE.value)


@transaction.atomic
def pause(principal: Principal, *, endpoint_id: str, version: int | None = None) -> Endpoint:
    """Stop sending; what happens meanwhile is kept, and can be replayed. A paused one stays as it is.

    Errors: NOT_FOUND, WEBHOOK_CHANGED, WEBHOOK_DISABLED. Raises NotPermitted.
    """
    endpoint = locked(principal, endpoint_id, version)
    if endpoint.state == EndpointState.DISABLED:
        raise EndpointDisabled()
    if endpoint.state == EndpointState.ACTIVE:
        endpoint.lock_version += 1
        stop(principal, endpoint, EndpointState.PAUSED, Cause.BY_HAND)
    return endpoint


@transaction.atomic
def resume(principal: Principal, *, endpoint_id: str, version: int | None = None) -> Endpoint:
    """Send again, with a clean count of failures; what waited goes on, what was dropped meanwhile can be replayed.

    One whose owner may not listen any more becomes that of whoever resumes it. Errors: NOT_FOUND, WEBHOOK_CHANGED,
    WEBHOOK_ACTIVE. Raises NotPermitted.
    """
    endpoint = locked(principal, endpoint_id, version)
    if endpoint.state == EndpointState.ACTIVE:
        raise EndpointActive()
    if not may_listen(endpoint):
        demand_owner(principal)
        endpoint.owner_id, endpoint.token_id = principal.id, principal.token_id
        endpoint.owner_label = principal.label
    endpoint.state, endpoint.cause, endpoint.stopped_at, endpoint.failures = EndpointState.ACTIVE, "", None, 0
    endpoint.lock_version += 1
    endpoint.save()
    _record(principal, endpoint, "resume", "webhook.resumed")
    return endpoint


def stop(principal: Principal, endpoint: Endpoint, state: EndpointState, cause: Cause) -> None:
    """Pause or disable a locked endpoint; a disabled one drops what waits. The journal tells its owner."""
    endpoint.state, endpoint.cause, endpoint.stopped_at = state, cause, clock.now()
    endpoint.save()
    if state is EndpointState.DISABLED:
        waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.PENDING)
        waiting.update(state=DeliveryState.DROPPED, next_attempt_at=None, claimed_until=None)
    verb = "pause" if state is EndpointState.PAUSED else "disable"
    _record(principal, endpoint, verb, f"webhook.{state.value}")


def _record(principal: Principal, endpoint: Endpoint, verb: str, event: str) -> None:
    journal.record(
        principal,
        verb=verb,
        event=event,
        object_kind="webhook",
        object_id=endpoint.pk,
        changes={
            "endpoint": endpoint.public_id,
            "cause": endpoint.cause,
            "failures": endpoint.failures,
            "owner": endpoint.owner_id,
        },
    )
