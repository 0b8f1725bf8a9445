"""Who decided a dispute before."""

from __future__ import annotations

from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionState, RoundOrigin
from makegood.parties.entries import Principal


def decided_last_round(principal: Principal, dispute: Dispute) -> bool:
    """Whether a re-review is of a decision that the principal made; the judgement of decisions asks the same."""
    if principal.id is None or dispute.round_origin != RoundOrigin.RE_REVIEW:
        return False
    return dispute.decisions.filter(round=dispute.round - 1, state=DecisionState.COMMITTED, by_id=principal.id).exists()
