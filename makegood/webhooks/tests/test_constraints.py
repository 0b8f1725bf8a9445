"""What the database refuses by name."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.webhooks.models import Attempt, Delivery, Endpoint
from tests.refusals import refused_by

SECRET = "whsec_" + "A" * 44


@pytest.fixture
def row(admin: Principal) -> Endpoint:
    return Endpoint.objects.create(
        public_id="whe_1",
        url="https://hooks.example.com/",
        owner_id=admin.id,
        owner_label="admin",
        secret=SECRET,
        created_at=clock.now(),
    )


@pytest.fixture
def delivery(row: Endpoint) -> Delivery:
    return Delivery.objects.create(
        endpoint=row,
        message_id="msg_1",
        type="dispute.closed",
        event_id=1,
        payload="{}",
        state="pending",
        next_attempt_at=clock.now(),
        created_at=clock.now(),
    )


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("endpoint_state", {"state": "tired", "cause": "gone", "stopped_at": "now"}),
        ("endpoint_cause", {"state": "paused", "cause": "whim", "stopped_at": "now"}),
        ("endpoint_stopped_for_a_cause", {"state": "paused"}),
        ("endpoint_stopped_for_a_cause", {"cause": "gone"}),
        ("endpoint_has_owner", {"owner": None}),
        ("endpoint_has_secret", {"secret": "plain"}),
        ("endpoint_previous_secret_ends", {"previous_secret": SECRET}),
        ("endpoint_previous_secret_ends", {"previous_until": "now"}),
        ("endpoint_failures_counted", {"failures": -1}),
    ],
)
def test_endpoints(row: Endpoint, constraint: str, values: dict[str, Any]) -> None:
    with refused_by(constraint):
        Endpoint.objects.filter(pk=row.pk).update(**timed(values))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("delivery_state", {"state": "lost", "next_attempt_at": None}),
        ("delivery_type", {"type": "dispute.exploded"}),
        ("delivery_tells_of_an_event", {"event_id": None}),
        ("delivery_tells_of_an_event", {"type": "endpoint.test"}),
        ("delivery_pending_has_time", {"next_attempt_at": None}),
        ("delivery_pending_has_time", {"state": "failed"}),
        ("delivery_counts_attempts", {"tries": 1}),
        ("delivery_counts_attempts", {"tries": -1}),
        ("delivery_payload_small", {"payload": "é" * 10_000}),
    ],
)
def test_deliveries(delivery: Delivery, constraint: str, values: dict[str, Any]) -> None:
    with refused_by(constraint):
        Delivery.objects.filter(pk=delivery.pk).update(**timed(values))


def test_one_delivery_per_endpoint_event_and_type(delivery: Delivery) -> None:
    delivery.pk, delivery.message_id = None, "msg_2"
    with refused_by("delivery_once"):
        delivery.save(force_insert=True)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("attempt_number_once", {"number": 1}),
        ("attempt_numbered", {"number": 0}),
        ("attempt_took_time", {"number": 2, "duration_ms": -1}),
        ("attempt_has_result", {"number": 2, "status": None}),
    ],
)
def test_attempts(delivery: Delivery, constraint: str, values: dict[str, Any]) -> None:
    facts: dict[str, Any] = {"delivery": delivery, "at": clock.now(), "status": 200, "duration_ms": 5}
    Attempt.objects.create(**facts, number=1)
    with refused_by(constraint):
        Attempt.objects.create(**{**facts, **values})


def timed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: clock.now() if value == "now" else value for name, value in values.items()}
