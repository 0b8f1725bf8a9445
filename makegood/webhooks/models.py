"""Rows of webhooks: endpoints, what is delivered to them, and every attempt."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import LessThan

from makegood.parties.models import Token, User
from makegood.webhooks.entries import SECRET_PREFIX
from makegood.webhooks.events import MOST_BYTES
from makegood.webhooks.states import Cause, DeliveryState, EndpointState, EventType

STATES: list[str] = [state.value for state in EndpointState]
CAUSES: list[str] = [cause.value for cause in Cause]
TYPES: list[str] = [type.value for type in EventType]
DELIVERY_STATES: list[str] = [state.value for state in DeliveryState]
ACTIVE, PENDING, TEST = EndpointState.ACTIVE.value, DeliveryState.PENDING.value, EventType.ENDPOINT_TEST.value


def _choices(values: list[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class Endpoint(models.Model):
    """Where somebody listens. It hears what its owner may see: the person, narrowed by the token it was made with.

    Secrets are kept readable, for they sign: ``previous_secret`` signs too until ``previous_until``. ``failures``
    counts failed attempts in a row. ``events`` empty means all; ``lock_version`` grows with each change by a person.
    """

    public_id = models.CharField(max_length=40, unique=True)
    url = models.TextField()
    events = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    description = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    token = models.ForeignKey(Token, null=True, on_delete=models.PROTECT, related_name="+")
    owner_label = models.CharField(max_length=200)
    secret = models.CharField(max_length=80)
    previous_secret = models.CharField(max_length=80, blank=True)
    previous_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=_choices(STATES), default=ACTIVE)
    cause = models.CharField(max_length=8, blank=True, choices=_choices(CAUSES))
    stopped_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    lock_version = models.IntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="endpoint_state"),
            models.CheckConstraint(condition=Q(cause__in=["", *CAUSES]), name="endpoint_cause"),
            models.CheckConstraint(
                condition=Q(state=ACTIVE, cause="", stopped_at__isnull=True)
                | (~Q(state=ACTIVE) & ~Q(cause="") & Q(stopped_at__isnull=False)),
                name="endpoint_stopped_for_a_cause",
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(token__isnull=False), name="endpoint_has_owner"
            ),
            models.CheckConstraint(condition=Q(secret__startswith=SECRET_PREFIX), name="endpoint_has_secret"),
            models.CheckConstraint(
                condition=Q(previous_secret="", previous_until__isnull=True)
                | Q(previous_secret__startswith=SECRET_PREFIX, previous_until__isnull=False),
                name="endpoint_previous_secret_ends",
            ),
            models.CheckConstraint(condition=Q(failures__gte=0), name="endpoint_failures_counted"),
        ]

    def __str__(self) -> str:
        return self.public_id


class Delivery(models.Model):
    """One message to one endpoint, frozen as it is sent; its id is the same for every attempt and replay.

    ``event_id`` is the journal event (a plain number, for the journal outlives it), null for tests; it is what messages
    call ``sequence``, for of one dispute it grows with each change. While ``claimed_until`` lies ahead somebody is
    sending it.
    ``tries`` counts the attempts since it was made or replayed, ``attempts`` all of them.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=40, choices=_choices(TYPES))
    event_id = models.BigIntegerField(null=True)
    dispute_id = models.BigIntegerField(null=True)
    payload = models.TextField()
    state = models.CharField(max_length=9, choices=_choices(DELIVERY_STATES))
    next_attempt_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event_id", "type"], name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=DELIVERY_STATES), name="delivery_state"),
            models.CheckConstraint(condition=Q(type__in=TYPES), name="delivery_type"),
            models.CheckConstraint(
                condition=Q(type=TEST, event_id__isnull=True) | (~Q(type=TEST) & Q(event_id__isnull=False)),
                name="delivery_tells_of_an_event",
            ),
            models.CheckConstraint(
                condition=Q(state=PENDING, next_attempt_at__isnull=False)
                | (~Q(state=PENDING) & Q(next_attempt_at__isnull=True)),
                name="delivery_pending_has_time",
            ),
            models.CheckConstraint(
                condition=Q(tries__gte=0, attempts__gte=F("tries")), name="delivery_counts_attempts"
            ),
            models.CheckConstraint(
                condition=LessThan(
                    Func(F("payload"), function="octet_length", output_field=models.IntegerField()), MOST_BYTES
                ),
                name="delivery_payload_small",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "next_attempt_at", "id"],
                condition=Q(state=PENDING),
                name="delivery_due",
            ),
            models.Index(
                fields=["endpoint", "claimed_until"], condition=Q(claimed_until__isnull=False), name="delivery_claimed"
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_log"),
            models.Index(fields=["created_at"], condition=~Q(state=PENDING), name="delivery_ended"),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return self.message_id


class Attempt(models.Model):
    """One try at a delivery: the status that was answered with the answer's first kB, or the error where none was."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tried")
    number = models.IntegerField()
    at = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    duration_ms = models.IntegerField()
    answer = models.TextField(blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="attempt_numbered"),
            models.CheckConstraint(condition=Q(duration_ms__gte=0), name="attempt_took_time"),
            models.CheckConstraint(condition=Q(status__isnull=False) | ~Q(error=""), name="attempt_has_result"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number}"
