"""Decisions as programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.disputes.models import Decision
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionState
from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb


@dataclass(frozen=True)
class DecisionRow:
    """One decision; ``version`` is its dispute's now, ``commits_at`` None unless it waits."""

    id: int
    dispute_id: int
    dispute: str
    number: str
    version: int
    round: int
    kind: str
    amount: Money
    note: str
    state: DecisionState
    at: datetime
    by: str
    commits_at: datetime | None


def decision_of(principal: Principal, decision_id: int) -> DecisionRow:
    """A decision by its id; one that waits or was undone is known to those who decide.

    Raises NotFound for one that is not there, out of scope, or not theirs to know.
    """
    known = Decision.objects.filter(dispute__in=disputes_visible_to(principal))
    if not principal.can(Verb.DISPUTE_DECIDE):
        known = known.filter(state=DecisionState.COMMITTED)
    row = known.select_related("dispute", "by").filter(pk=decision_id).first()
    if row is None:
        raise NotFound()
    waits = row.state == DecisionState.HELD
    return DecisionRow(
        id=row.pk,
        dispute_id=row.dispute_id,
        dispute=row.dispute.public_id,
        number=str(row.dispute),
        version=row.dispute.lock_version,
        round=row.round,
        kind=row.kind,
        amount=Money(row.micros, row.dispute.currency),
        note=(row.dispute.buyer_explanation or row.note),
        state=DecisionState(row.state),
        at=row.at,
        by=str(row.by or "") if principal.can(Verb.DISPUTE_DECIDE) else "",
        commits_at=row.dispute.commit_after if waits else None,
    )


def standing_decision(dispute_id: int) -> int | None:
    """The decision of a dispute's present round, unless it was undone. The caller has scoped the dispute."""
    found = fetch(sql.load("disputes.standing_decision"), {"dispute_id": dispute_id})
    return found[0][0] if found else None
