"""Steps that several tests of disputes take, as the people who take them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind, Door
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.models import Posting
from makegood.parties.entries import Principal

ACCEPT, PARTIAL, REJECT = DecisionKind.ACCEPT, DecisionKind.PARTIAL, DecisionKind.REJECT


def item(dispute: Dispute, kind: DecisionKind = ACCEPT, micros: int | None = None, **facts: Any) -> DecisionItem:
    """A decision with a note."""
    return DecisionItem(dispute.pk, kind, micros, **{"note": "We listened to it.", **facts})


def decide(principal: Principal, *items: DecisionItem, door: Door = Door.DESK, key: str | None = None) -> list[Answer]:
    """Decide; the answers."""
    return operations.decide(principal, items=list(items), door=door, key=key)


def commit_later(minutes: int = 2) -> list[Answer]:
    """What the worker commits when it looks ``minutes`` from now."""
    with clock.shifted(timedelta(minutes=minutes)):
        return operations.commit_due()


def posted() -> dict[tuple[str, str], int]:
    """Micros per account key and currency."""
    sums: dict[tuple[str, str], int] = {}
    for key, currency, micros in Posting.objects.values_list("account__key", "currency", "micros"):
        sums[key, currency] = sums.get((key, currency), 0) + micros
    return sums
