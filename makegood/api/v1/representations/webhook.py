"""A webhook endpoint, what was delivered to it, and every attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1.representations.shapes import Page
from makegood.webhooks.models import Attempt, Delivery, Endpoint

WebhookId = Annotated[str, Meta(pattern="^whe_", description="The id of a webhook.")]
MessageId = Annotated[str, Meta(pattern="^msg_", description="The header webhook-id, the same for every attempt.")]


class Webhook(Struct, kw_only=True):
    """Where somebody listens. ``events`` empty means all.

    ``state`` is active, paused (what happens is kept) or disabled (it is not), ``cause`` says why it rests.
    ``failures`` counts failed attempts in a row. Until ``previous_secret_until`` the secret before signs too.
    """

    id: WebhookId
    version: int
    url: str
    events: list[str]
    description: str
    owner: str
    state: str
    cause: str | None
    stopped_at: datetime | None
    failures: int
    previous_secret_until: datetime | None
    last_success_at: datetime | None
    created_at: datetime


class WebhookWithSecret(Webhook, kw_only=True):
    """A webhook and its new signing secret, which is shown this once."""

    secret: str


class WebhookPage(Page):
    """Webhooks, the oldest first."""

    items: list[Webhook]


class DeliveryAttempt(Struct, frozen=True):
    """One try: the status that was answered, with the first kB of the answer, or the error where none was."""

    number: int
    at: datetime
    status: int | None
    duration_ms: int
    answer: str
    error: str


class WebhookDelivery(Struct, kw_only=True):
    """One message: ``pending`` until ``next_attempt_at``, ``delivered``, ``failed``, or ``dropped`` untried."""

    id: MessageId
    type: str
    sequence: int | None
    state: str
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: list[DeliveryAttempt]


class DeliveryPage(Page):
    """Deliveries, the newest first."""

    items: list[WebhookDelivery]


class Replayed(Struct, frozen=True):
    """How many deliveries are sent again."""

    deliveries: int


def facts_of(endpoint: Endpoint, last_success_at: datetime | None) -> dict[str, object]:
    """The members of a webhook."""
    return {
        "id": endpoint.public_id,
        "version": endpoint.lock_version,
        "url": endpoint.url,
        "events": list(endpoint.events),
        "description": endpoint.description,
        "owner": endpoint.owner_label,
        "state": str(endpoint.state),
        "cause": str(endpoint.cause) or None,
        "stopped_at": endpoint.stopped_at,
        "failures": endpoint.failures,
        "previous_secret_until": endpoint.previous_until,
        "last_success_at": last_success_at,
        "created_at": endpoint.created_at,
    }


def webhook(endpoint: Endpoint, last_success_at: datetime | None) -> Webhook:
    """A webhook as the service writes it."""
    return Webhook(**facts_of(endpoint, last_success_at))  # type: ignore[arg-type]  # by name


def with_secret(endpoint: Endpoint, secret: str, last_success_at: datetime | None) -> WebhookWithSecret:
    """The same with the secret."""
    return WebhookWithSecret(secret=secret, **facts_of(endpoint, last_success_at))  # type: ignore[arg-type]


def delivery(row: Delivery, tried: list[Attempt]) -> WebhookDelivery:
    """A delivery as the service writes it."""
    return WebhookDelivery(
        id=row.message_id,
        type=str(row.type),
        sequence=row.event_id,
        state=str(row.state),
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at,
        attempts=[
            DeliveryAttempt(one.number, one.at, one.status, one.duration_ms, one.answer, one.error) for one in tried
        ],
    )
