"""What tests of webhooks do again and again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from makegood.disputes import operations as disputes
from makegood.disputes.entries import DecisionItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.notifications.tests.world import release_journal
from makegood.parties.entries import Principal
from makegood.webhooks.models import Delivery, Endpoint
from makegood.webhooks.operations import fan_out


def fan_out_all() -> None:
    """Read the whole journal, the transaction of the test included."""
    release_journal()
    while fan_out():
        pass


def decide(manager: Principal, dispute: Dispute, kind: DecisionKind = DecisionKind.ACCEPT) -> None:
    """Decide, with the undo window open."""
    (answer,) = disputes.decide(manager, items=[DecisionItem(dispute.pk, kind, note="Heard it in full.")])
    assert answer.ok, answer


def commit() -> None:
    """Let every undo window end."""
    with clock.shifted(timedelta(days=1)):
        disputes.commit_due()


def types(endpoint: Endpoint) -> list[str]:
    """What an endpoint is told, in the order in which it was made."""
    return list(Delivery.objects.filter(endpoint=endpoint).order_by("pk").values_list("type", flat=True))


def told(endpoint: Endpoint, type: str) -> dict[str, Any]:
    """The data of the one message of a type."""
    found: dict[str, Any] = json.loads(Delivery.objects.get(endpoint=endpoint, type=type).payload)
    assert found["type"] == type
    data: dict[str, Any] = found["data"]
    return data
