"""What can be done with a dispute now, and if not, why not: made from the lifecycle's table and permissions.

A guard here says what its operation would say; the operation asks again under lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.disputes import errors
from makegood.disputes.lifecycle import DECIDING, NOT_WHILE_RECOMMENDED, TABLE, Row, Who
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.policy.afterward import Rounds, fee_terms
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.refusals import wrong_stage
from makegood.disputes.states import DecisionKind, Stage
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.states import Verb

NEEDED: dict[Who, Verb] = {
    Who.SUBMITTER: Verb.DISPUTE_CREATE,
    Who.DECIDER: Verb.DISPUTE_DECIDE,
    Who.ASSIGNEE: Verb.DISPUTE_DECIDE,
    Who.PERSON: Verb.DISPUTE_DECIDE,
    Who.AUTHOR: Verb.DISPUTE_DECIDE,
    Who.SECOND: Verb.DISPUTE_DECIDE,
    Who.REVERSER: Verb.DISPUTE_REVERSE,
    Who.FEE: Verb.DISPUTE_FEE,
    Who.EDITOR: Verb.DISPUTE_EDIT,
    Who.CLOSER: Verb.DISPUTE_CLOSE,
    Who.REOPENER: Verb.DISPUTE_REOPEN,
}
"""The permission that each kind of person in the table holds; what the system does alone is nobody's action."""

OF_A_DISPUTE: tuple[Row, ...] = tuple(row for row in TABLE if None not in row.source and NEEDED.keys() & row.who)
"""The rows that somebody can walk with a dispute that was filed."""


@dataclass(frozen=True)
class Action:
    """A verb of the lifecycle; ``code`` and ``message`` are empty when it is allowed."""

    verb: str
    allowed: bool
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Standing:
    """What guards ask of a dispute. ``stage`` is the one the caller may know of.

    ``recommended_by_id`` is the author of a decision that waits for a second signature (None: none waits),
    ``signed_by_id`` who signed the one that stands. Both are None for those who do not decide.
    """

    number: str
    stage: Stage
    round: int
    live: bool
    reversals: int
    fees: int
    assignee_id: int | None
    assignee: str
    decided_by_id: int | None
    claimed_until: datetime | None
    commit_after: datetime | None
    settings: Mapping[str, Any]
    currency: str
    recommended_by_id: int | None = None
    signed_by_id: int | None = None


def actions_of(principal: Principal, standing: Standing) -> tuple[Action, ...]:
    """Every verb of the table, in its order, as the caller stands to it."""
    return tuple(_action(row.verb, _refusal(principal, row, standing)) for row in OF_A_DISPUTE)


def _action(verb: Step, refusal: Refusal | None) -> Action:
    if refusal is None:
        return Action(verb.value, allowed=True)
    return Action(verb.value, allowed=False, code=refusal.code, message=refusal.message)


def _refusal(principal: Principal, row: Row, standing: Standing) -> Refusal | None:
    needed = next(NEEDED[who] for who in sorted(row.who) if who in NEEDED)
    if not principal.can(needed):
        return NotPermitted(verb=needed.value)
    offered = _KINDS.get(row.verb)
    if offered and offered.value not in DisputeSettings.of(standing.settings).decisions:
        return errors.DecisionNotOffered()
    if row.verb is Step.APPLY_FEE and fee_terms(standing.settings, standing.currency) is None:
        return errors.FeeNotOffered()
    if standing.stage not in row.source:
        if row.verb is Step.CLAIM and standing.stage is Stage.IN_REVIEW and standing.assignee:
            return errors.Leased(number=standing.number, assignee=standing.assignee)
        return wrong_stage(standing.number, standing.stage, row.verb)
    if row.verb in WAITS_FOR_SIGNATURE and standing.recommended_by_id is not None:
        return errors.Recommended(number=standing.number)
    if row.verb in {Step.REJECT, Step.RECOMMEND} and not principal.is_person:
        return errors.PersonRequired()
    guard = _GUARDS.get(row.verb)
    return guard(principal, standing) if guard else None


_KINDS = dict(zip([Step.ACCEPT, Step.ACCEPT_PARTIAL, Step.REJECT], DecisionKind, strict=True))
assert _KINDS.keys() == DECIDING  # noqa: S101 - every deciding verb has its kind


WAITS_FOR_SIGNATURE = frozenset({*DECIDING, *NOT_WHILE_RECOMMENDED, Step.ADJUST, Step.RECOMMEND})
"""What those who decide do not do while a decision waits for its second signature."""


def _withdraw(principal: Principal, standing: Standing) -> Refusal | None:
    return errors.LaterRound(number=standing.number) if standing.round > 1 else None


def _release(principal: Principal, standing: Standing) -> Refusal | None:
    lapsed = standing.claimed_until is None or standing.claimed_until <= clock.now()
    mine = standing.assignee_id == principal.id
    if mine or lapsed or principal.can(Verb.DISPUTE_DECIDE_ANY):
        return None
    return errors.NotYours(number=standing.number)


def _undo(principal: Principal, standing: Standing) -> Refusal | None:
    if standing.commit_after is not None and standing.commit_after <= clock.now():
        return errors.WindowEnded(number=standing.number)
    own = principal.id in {standing.decided_by_id, standing.signed_by_id}
    if own or principal.can(Verb.DISPUTE_DECIDE_ANY):
        return None
    return errors.NotYours(number=standing.number)


def _take_over(principal: Principal, standing: Standing) -> Refusal | None:
    return errors.AlreadyYours(number=standing.number) if standing.assignee_id == principal.id else None


def _recommend(principal: Principal, standing: Standing) -> Refusal | None:
    if principal.has_limit:
        return None
    return errors.WithinLimit(number=standing.number)


def _answer(principal: Principal, standing: Standing) -> Refusal | None:
    if standing.recommended_by_id is None:
        return errors.NothingToSign(number=standing.number)
    if principal.id is None:
        return errors.PersonRequired()
    if standing.recommended_by_id == principal.id:
        return errors.OwnRecommendation(number=standing.number)
    return None


def _take_back(principal: Principal, standing: Standing) -> Refusal | None:
    if standing.recommended_by_id is None:
        return errors.NothingToSign(number=standing.number)
    return None if standing.recommended_by_id == principal.id else errors.NotYours(number=standing.number)


def _reject(principal: Principal, standing: Standing) -> Refusal | None:
    return errors.CreditLive(number=standing.number) if standing.live else None


def _reverse(principal: Principal, standing: Standing) -> Refusal | None:
    if standing.live:
        return None
    kind = errors.AlreadyReversed if standing.reversals else errors.NotAdjusted
    return kind(number=standing.number)


def _fee(principal: Principal, standing: Standing) -> Refusal | None:
    if standing.reversals > standing.fees:
        return None
    kind = errors.FeeAlreadyApplied if standing.reversals else errors.NotReversed
    return kind(number=standing.number)


def _reopen(principal: Principal, standing: Standing) -> Refusal | None:
    rounds = Rounds.of(standing.settings)
    return None if rounds.reopens else errors.DecisionFinal(number=standing.number)


def _re_review(principal: Principal, standing: Standing) -> Refusal | None:
    rounds = Rounds.of(standing.settings)
    if not rounds.re_reviews:
        return errors.ReReviewNotOffered(number=standing.number)
    if standing.round >= rounds.max_rounds:
        return errors.RoundsUsedUp(number=standing.number, rounds=standing.round)
    return None


_GUARDS: dict[Step, Callable[[Principal, Standing], Refusal | None]] = {
    Step.WITHDRAW: _withdraw,
    Step.RELEASE: _release,
    Step.UNDO: _undo,
    Step.TAKE_OVER: _take_over,
    Step.RECOMMEND: _recommend,
    Step.APPROVE: _answer,
    Step.DECLINE: _answer,
    Step.WITHDRAW_RECOMMENDATION: _take_back,
    Step.REJECT: _reject,
    Step.REVERSE: _reverse,
    Step.APPLY_FEE: _fee,
    Step.REOPEN: _reopen,
    Step.REQUEST_RE_REVIEW: _re_review,
}
