"""Signs decisions of somebody else, or gives them back to their author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import SignItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.locks import locked_with_balances
from makegood.disputes.models import Decision, Dispute, Handling, Recommendation
from makegood.disputes.operations.decide import decided_by_two
from makegood.disputes.operations.lease import lease_end
from makegood.disputes.operations.steps import run_step
from makegood.disputes.selectors.recommendations import WhyNot, as_decision, signing_of, why_not_sign
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionState, RecommendationState
from makegood.kernel import clock
from makegood.kernel.answers import Answer, accepted, at_places, in_order
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def approve(principal: Principal, *, items: Sequence[SignItem]) -> list[Answer]:
    """Sign decisions that wait; each is judged anew under lock, then held with the undo window of the desk.

    The decision is its author's, the signature is kept beside it. Answers are those of ``decide`` and carry
    ``recommendation``. Refusals per item: NOT_FOUND, ALREADY_ANSWERED, OWN_RECOMMENDATION, PERSON_REQUIRED,
    RECOMMENDATION_STALE, OTHER_REVIEWER, OVER_LIMIT, and those of ``decide``. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)
    rows = _locked(principal, items)
    answers: dict[int, Answer] = {}
    going: dict[int, list[tuple[int, Recommendation]]] = {}
    taken: set[int] = set()
    for place, item in enumerate(items):
        row = rows.get(item.recommendation)
        why_not = _why_not(principal, row, taken)
        if row is None or why_not is not None:
            answers[place] = _refused(place, row, why_not)
            continue
        taken.add(row.pk)
        going.setdefault(row.by_id or 0, []).append((place, row))
    for mine in going.values():
        answers |= _signed(principal, mine)
    return in_order(answers)


def _locked(principal: Principal, items: Sequence[SignItem]) -> dict[str, Recommendation]:
    """The recommendations in scope by public id, read when their disputes and balances are locked."""
    named = Recommendation.objects.filter(
        public_id__in={item.recommendation for item in items}, dispute__in=disputes_visible_to(principal)
    )
    locked_with_balances(named.values_list("dispute_id", flat=True))
    return {row.public_id: row for row in named.select_related("dispute__program", "by__role")}


def _why_not(principal: Principal, row: Recommendation | None, taken: set[int]) -> WhyNot | None:
    if row is None:
        return _said(NotFound())
    if row.pk in taken:
        return _said(errors.AlreadyAnswered(number=str(row.dispute), state="answered"))
    return why_not_sign(principal, row)


def _said(refusal: Refusal) -> WhyNot:
    return WhyNot(refusal.code, refusal.message)


def _refused(place: int, row: Recommendation | None, why_not: WhyNot | None) -> Answer:
    said = why_not or _said(NotFound())
    return Answer(place, ok=False, id=row.dispute_id if row else None, code=said.code, message=said.message)


def _signed(principal: Principal, waiting: Sequence[tuple[int, Recommendation]]) -> dict[int, Answer]:
    """Decide what one author recommended, and keep the signature."""
    decisions = [as_decision(row) for _, row in waiting]
    answers = decided_by_two(principal, decisions, signing_of(waiting[0][1]))
    rounds = {waiting[answer.ordinal][1].dispute_id: waiting[answer.ordinal][1] for answer in accepted(answers)}
    made = Decision.objects.filter(dispute__in=rounds).exclude(state=DecisionState.UNDONE)
    for decision in made:
        row = rounds[decision.dispute_id]
        if decision.round == row.round:
            row.decision = decision
            _answer(principal, row, RecommendationState.APPROVED)
    named = [
        replace(answer, data={**answer.data, "recommendation": waiting[answer.ordinal][1].public_id})
        if answer.ok
        else answer
        for answer in answers
    ]
    return at_places(named, [place for place, _ in waiting])


def _answer(principal: Principal, row: Recommendation, state: RecommendationState, cause: str = "") -> None:
    row.state, row.cause = state, cause
    row.answered_by_id, row.answered_at = principal.id, clock.now()
    row.save(update_fields=["state", "cause", "answered_by", "answered_at", "decision"])


KEEP_FROM_ANSWERING = frozenset(
    {NotFound.code, errors.AlreadyAnswered.code, errors.OwnRecommendation.code, errors.PersonRequired.code}
)
"""Why somebody can neither sign nor decline."""


@dataclass(frozen=True)
class _Declined:
    """A dispute whose recommendation is declined."""

    dispute_id: int
    recommendation: str
    cause: str
    version: int | None = None


@transaction.atomic
def decline(principal: Principal, *, items: Sequence[SignItem]) -> list[Answer]:
    """Give decisions that wait back into their author's hands, for a cause; the author is told.

    Of an author who decides nothing else (quality assurance, which found it unasked) the dispute stays in the hands of
    who declined: they decide otherwise, or the author takes the verdict back.
    Answers carry ``number``, ``version``, ``stage``. Refusals per item: NOT_FOUND, ALREADY_ANSWERED,
    OWN_RECOMMENDATION, PERSON_REQUIRED, CAUSE_REQUIRED. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)
    rows = _locked(principal, items)
    answers: dict[int, Answer] = {}
    going: dict[int, _Declined] = {}
    taken: set[int] = set()
    for place, item in enumerate(items):
        row = rows.get(item.recommendation)
        why_not = _why_not(principal, row, taken)
        if why_not is not None and why_not.code not in KEEP_FROM_ANSWERING:
            why_not = None  # what cannot be signed any more, or not by this person, can be declined all the same
        if why_not is None and not item.cause.strip():
            why_not = _said(errors.CauseRequired())
        if row is None or why_not is not None:
            answers[place] = _refused(place, row, why_not)
            continue
        taken.add(row.pk)
        going[place] = _Declined(row.dispute_id, row.public_id, item.cause.strip())

    def apply(dispute: Dispute, item: _Declined) -> Mapping[str, Any]:
        row = rows[item.recommendation]
        _answer(principal, row, RecommendationState.DECLINED, item.cause)
        dispute.waits_for_signature = False
        decides = row.by is not None and Verb.DISPUTE_DECIDE in row.by.role.verbs
        dispute.assignee_id, dispute.claimed_until = row.by_id if decides else principal.id, lease_end(dispute)
        if decides:
            _give_back(principal, row)
        return {"recommendation": row.public_id, "author": row.by_id, "cause": item.cause}

    declined = run_step(principal, Step.DECLINE, list(going.values()), apply)
    return in_order(answers | at_places(declined, list(going)))


def _give_back(principal: Principal, row: Recommendation) -> None:
    """Its author goes on with it, for longer than a lease lasts, unless it was given to somebody else."""
    handling, _ = Handling.objects.get_or_create(dispute_id=row.dispute_id)
    if handling.assigned_to_id is None:
        handling.assigned_to_id, handling.assigned_by_id, handling.assigned_at = row.by_id, principal.id, clock.now()
        handling.save(update_fields=["assigned_to", "assigned_by", "assigned_at"])
