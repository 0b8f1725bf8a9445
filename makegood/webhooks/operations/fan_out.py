"""Reads the journal on and makes a delivery for every endpoint that listens."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel import clock, ids
from makegood.parties.entries import SYSTEM
from makegood.webhooks.events import Message
from makegood.webhooks.models import Delivery, Endpoint
from makegood.webhooks.operations.pausing import stop
from makegood.webhooks.selectors.facts import messages_about
from makegood.webhooks.selectors.owners import listener, may_listen, with_owners
from makegood.webhooks.selectors.sight import in_sight
from makegood.webhooks.states import LISTENING, Cause, DeliveryState, EndpointState

READER = "webhooks"
BATCH = 5_000


def fan_out(*, limit: int = BATCH) -> int:
    """Read at most ``limit`` events and make their deliveries; says how many were read.

    Deliveries and cursor commit together, and an event that was fanned out before adds nothing. An endpoint hears what
    happened since it was made and what its owner may see now; while it is paused, deliveries are kept without being
    sent. One whose owner may not listen any more is disabled. Refuses nothing.
    """
    with transaction.atomic():
        events = journal.read(READER, limit)
        if events:
            listening = with_owners().filter(state__in=LISTENING)
            endpoints = list(listening.select_for_update(of=("self",), no_key=True))
            since = min((endpoint.created_at for endpoint in endpoints), default=None)
            messages = messages_about([event for event in events if since is not None and event.at >= since])
            if messages:
                _make(endpoints, messages)
            journal.advance(READER, events[-1])
        return len(events)


def _make(endpoints: Sequence[Endpoint], messages: Sequence[Message]) -> None:
    made: list[Delivery] = []
    payloads: dict[int, str] = {}
    for endpoint in endpoints:
        if not may_listen(endpoint):
            stop(SYSTEM, endpoint, EndpointState.DISABLED, Cause.OWNER)
            continue
        asked = [
            message
            for message in messages
            if message.at >= endpoint.created_at and (not endpoint.events or message.type in endpoint.events)
        ]
        for message in in_sight(listener(endpoint), asked) if asked else ():
            text = payloads.setdefault(id(message), message.payload)
            made.append(_delivery(endpoint, message, text))
    Delivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=1_000)


def _delivery(endpoint: Endpoint, message: Message, payload: str) -> Delivery:
    now = clock.now()
    goes = endpoint.state == EndpointState.ACTIVE
    return Delivery(
        endpoint=endpoint,
        message_id=ids.ulid("msg"),
        type=message.type.value,
        event_id=message.event_id,
        dispute_id=message.dispute_id,
        payload=payload,
        state=DeliveryState.PENDING if goes else DeliveryState.DROPPED,
        next_attempt_at=now if goes else None,
        created_at=now,
    )
