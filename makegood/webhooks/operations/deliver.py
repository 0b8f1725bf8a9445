"""Sends what is due: claims a delivery, commits the claim, sends outside any transaction, records the attempt."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.webhooks.entries import headers_of
from makegood.webhooks.models import Attempt, Delivery, Endpoint
from makegood.webhooks.operations.pausing import stop
from makegood.webhooks.operations.transport import Outcome, Resolve, addresses_of, send
from makegood.webhooks.policy.schedule import MOST_FAILURES, asked_wait, wait_before
from makegood.webhooks.selectors.owners import listens_with
from makegood.webhooks.states import Cause, DeliveryState, EndpointState, EventType

LEASE = timedelta(minutes=2)
"""Longer than a request can take; what is claimed longer than this was left by a process that is gone."""
GONE = 410


@dataclass(frozen=True)
class Claimed:
    """A delivery that is ours to send until the lease ends."""

    delivery_id: int
    endpoint_id: int
    message_id: str
    url: str
    body: str
    keys: tuple[str, ...]


def deliver_due(*, limit: int = 100, resolve: Resolve = addresses_of) -> int:
    """Send at most ``limit`` deliveries that are due, one after the other; says how many were tried.

    Each is claimed in a transaction of its own first. A process that ends between claim and record leaves the claim;
    it ends after two minutes, and the delivery is sent again under the same id: at least once. Refuses nothing.
    """
    sent = 0
    while sent < limit and (claimed := claim()) is not None:
        deliver(claimed, resolve)
        sent += 1
    return sent


@transaction.atomic
def claim(endpoint_id: int | None = None) -> Claimed | None:
    """Take the next delivery that is due, of one endpoint or of any; None when there is none. Refuses nothing.

    An endpoint gets one request at a time, so that a slow one takes up one sender and no more. Paused endpoints get
    tests alone. What belongs to an owner who may not listen any more is not sent.
    """
    now = clock.now()
    due = _due(now).filter(endpoint=OuterRef("pk"))
    busy = Delivery.objects.filter(endpoint=OuterRef("pk"), claimed_until__gt=now)
    ready = Endpoint.objects.filter(~Exists(busy), Exists(due)).select_related("owner__role", "token")
    if endpoint_id is not None:
        ready = ready.filter(pk=endpoint_id)
    ready = ready.order_by(Subquery(due.order_by("next_attempt_at").values("next_attempt_at")[:1]), "pk")
    endpoint = ready.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if endpoint is None:
        return None
    if not listens_with(endpoint.owner, endpoint.token):
        stop(SYSTEM, endpoint, EndpointState.DISABLED, Cause.OWNER)
        return None
    delivery = (
        _due(now).filter(endpoint=endpoint).order_by("next_attempt_at", "pk").select_for_update(of=("self",)).first()
    )
    # Asked again under the lock: the endpoint may have become busy since the statement began.
    if delivery is None or Delivery.objects.filter(endpoint=endpoint, claimed_until__gt=now).exists():
        return None
    Delivery.objects.filter(pk=delivery.pk).update(claimed_until=now + LEASE)
    both = endpoint.previous_until is not None and endpoint.previous_until > now
    keys = (endpoint.secret, endpoint.previous_secret) if both else (endpoint.secret,)
    return Claimed(delivery.pk, endpoint.pk, delivery.message_id, endpoint.url, delivery.payload, keys)


def _due(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        Q(endpoint__state=EndpointState.ACTIVE) | Q(endpoint__state=EndpointState.PAUSED, type=EventType.ENDPOINT_TEST),
        Q(claimed_until__isnull=True) | Q(claimed_until__lte=now),
        state=DeliveryState.PENDING,
        next_attempt_at__lte=now,
    )


def deliver(claimed: Claimed, resolve: Resolve = addresses_of) -> Outcome:
    """Send a claimed delivery and record what came of it. Refuses nothing."""
    at = clock.now()
    headers = headers_of(claimed.keys, message_id=claimed.message_id, at=at, body=claimed.body)
    outcome = send(claimed.url, claimed.body, headers, resolve)
    _record(claimed, at, outcome)
    return outcome


@transaction.atomic
def _record(claimed: Claimed, at: datetime, outcome: Outcome) -> None:
    """Write the attempt and what follows from it; nothing, where the endpoint was deleted meanwhile."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).filter(pk=claimed.endpoint_id).first()
    delivery = Delivery.objects.select_for_update().filter(pk=claimed.delivery_id).first()
    if endpoint is None or delivery is None:
        return
    delivery.attempts += 1
    delivery.tries += 1
    delivery.claimed_until = None
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        at=at,
        status=outcome.status,
        duration_ms=outcome.duration_ms,
        answer=outcome.answer,
        error=outcome.error,
    )
    # Somebody else may have sent it after our lease had ended; what they found stays.
    if delivery.state == DeliveryState.PENDING:
        _settle(delivery, outcome)
    delivery.save()
    _count(endpoint, delivery, outcome)


def _settle(delivery: Delivery, outcome: Outcome) -> None:
    """Say how the delivery stands after an attempt."""
    now = clock.now()
    wait = None
    if not outcome.ok and delivery.type != EventType.ENDPOINT_TEST:
        asked = asked_wait(outcome.retry_after, now)
        wait = wait_before(delivery.tries, luck=secrets.randbelow(101), asked=asked)
    delivery.next_attempt_at = None if wait is None else now + wait
    if outcome.ok:
        delivery.state = DeliveryState.DELIVERED
    elif wait is None or outcome.status == GONE:
        delivery.state, delivery.next_attempt_at = DeliveryState.FAILED, None


def _count(endpoint: Endpoint, delivery: Delivery, outcome: Outcome) -> None:
    """Count failures in a row, and stop where they are too many or the receiver says that it is gone."""
    if outcome.status == GONE and endpoint.state != EndpointState.DISABLED:
        stop(SYSTEM, endpoint, EndpointState.DISABLED, Cause.GONE)
    elif delivery.type != EventType.ENDPOINT_TEST:
        endpoint.failures = 0 if outcome.ok else endpoint.failures + 1
        endpoint.save(update_fields=["failures"])
        if endpoint.failures >= MOST_FAILURES and endpoint.state == EndpointState.ACTIVE:
            stop(SYSTEM, endpoint, EndpointState.PAUSED, Cause.FAILURES)
