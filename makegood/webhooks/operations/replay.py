"""Sends a test, and sends again what was sent or should have been."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from makegood.journal import operations as journal
from makegood.kernel import clock, ids
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.webhooks.errors import EndpointDisabled
from makegood.webhooks.events import payload
from makegood.webhooks.models import Delivery, Endpoint
from makegood.webhooks.operations.pausing import locked
from makegood.webhooks.selectors.log import delivery_named
from makegood.webhooks.states import REPLAYED_SINCE, DeliveryState, EndpointState, EventType


@transaction.atomic
def send_test(principal: Principal, *, endpoint_id: str) -> Delivery:
    """Let an ``endpoint.test`` be sent soon, once; also to a paused endpoint. It counts among no failures.

    Errors: NOT_FOUND, WEBHOOK_DISABLED. Raises NotPermitted.
    """
    endpoint = _open(locked(principal, endpoint_id))
    now = clock.now()
    delivery = Delivery.objects.create(
        endpoint=endpoint,
        message_id=ids.ulid("msg"),
        type=EventType.ENDPOINT_TEST.value,
        payload=payload(EventType.ENDPOINT_TEST, now, {"endpoint": endpoint.public_id}),
        state=DeliveryState.PENDING,
        next_attempt_at=now,
        created_at=now,
    )
    _record(principal, endpoint, "test", "webhook.tested", {"message": delivery.message_id})
    return delivery


@transaction.atomic
def replay_delivery(principal: Principal, *, message_id: str) -> Delivery:
    """Send one delivery again, however it ended, with the same id and the same body; to a paused endpoint later.

    Errors: NOT_FOUND, WEBHOOK_DISABLED. Raises NotPermitted.
    """
    demand(principal, Verb.WEBHOOK_MANAGE)
    named = delivery_named(principal, message_id)
    endpoint = _open(locked(principal, named.endpoint.public_id))
    _again(Delivery.objects.filter(pk=named.pk))
    _record(principal, endpoint, "replay", "webhook.replayed", {"message": message_id})
    delivery = Delivery.objects.filter(pk=named.pk).first()
    if delivery is None:
        raise NotFound()
    return delivery


@transaction.atomic
def replay_since(principal: Principal, *, endpoint_id: str, since: datetime) -> int:
    """Send everything made at or after ``since`` (aware) that failed or was dropped; says how many deliveries.

    Errors: NOT_FOUND, WEBHOOK_DISABLED. Raises NotPermitted.
    """
    endpoint = _open(locked(principal, endpoint_id))
    missed = Delivery.objects.filter(endpoint=endpoint, created_at__gte=since, state__in=REPLAYED_SINCE)
    count = _again(missed.exclude(type=EventType.ENDPOINT_TEST))
    facts = {"since": since.isoformat(), "deliveries": count}
    _record(principal, endpoint, "replay", "webhook.replayed", facts)
    return count


def _open(endpoint: Endpoint) -> Endpoint:
    if endpoint.state == EndpointState.DISABLED:
        raise EndpointDisabled()
    return endpoint


def _again(deliveries: QuerySet[Delivery]) -> int:
    """Begin the schedule of deliveries anew; one that is being sent at this moment stays claimed."""
    return deliveries.update(state=DeliveryState.PENDING, next_attempt_at=clock.now(), tries=0)


def _record(principal: Principal, endpoint: Endpoint, verb: str, event: str, facts: dict[str, object]) -> None:
    journal.record(
        principal,
        verb=verb,
        event=event,
        object_kind="webhook",
        object_id=endpoint.pk,
        changes={"endpoint": endpoint.public_id, **facts},
    )
