"""Recordings that did not come yet, for who looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.billing.selectors import charges_visible_to
from makegood.evidence.models import Recording
from makegood.evidence.states import RecordingState
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

MOST = 1_000


@dataclass(frozen=True)
class Unfetched:
    """A recording that waits or failed: of which call, how often it was tried, when next, and what went wrong."""

    public_id: str
    external_id: str
    state: str
    tries: int
    next_at: datetime | None
    fault: str
    detail: str


def unfetched(principal: Principal, *, failed: bool = False) -> list[Unfetched]:
    """The latest 1,000 that wait or failed, or ``failed`` ones alone. Raises NotPermitted."""
    demand(principal, Verb.IMPORT_RUN)
    states = [RecordingState.FAILED] if failed else [RecordingState.WAITING, RecordingState.FAILED]
    rows = Recording.objects.filter(charge__in=charges_visible_to(principal), state__in=states)
    return [
        Unfetched(row.public_id, row.charge.external_id, row.state, row.tries, row.next_at, row.fault, row.fault_detail)
        for row in rows.select_related("charge").order_by("-pk")[:MOST]
    ]
