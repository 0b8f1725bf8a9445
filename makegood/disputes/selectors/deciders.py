"""Who decided a dispute before."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable

from makegood.disputes.errors import OtherReviewer
from makegood.disputes.models import Decision, Dispute
from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.states import DecisionState, RoundOrigin
from makegood.parties.entries import Principal


def decided_last_round(principal: Principal, dispute: Dispute) -> bool:
    """Whether a re-review is of a decision that the principal made; the judgement of decisions asks the same."""
    if principal.id is None or dispute.round_origin != RoundOrigin.RE_REVIEW:
        return False
    return dispute.decisions.filter(round=dispute.round - 1, state=DecisionState.COMMITTED, by_id=principal.id).exists()


def own_re_reviews(principal: Principal) -> Combinable | Q:
    """The re-reviews of a decision that the principal made, in programs where somebody else has to decide them."""
    made = Decision.objects.filter(
        dispute=OuterRef("pk"), state=DecisionState.COMMITTED, by=principal.id, round=OuterRef("round") - 1
    )
    # Few are re-reviews, and that costs less to find out than what their programs say.
    elsewhere = Q(program__settings__re_review__other_reviewer=True)
    return Q(round_origin=RoundOrigin.RE_REVIEW) & elsewhere & Exists(made)


def somebody_else_reviews(principal: Principal, dispute: Dispute) -> str:
    """Why a dispute is somebody else's to review this time; empty where it is not. It comes with its program."""
    if not Rounds.of(dispute.program.settings).other_reviewer or not decided_last_round(principal, dispute):
        return ""
    return OtherReviewer(number=str(dispute)).message
