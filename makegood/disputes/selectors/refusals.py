"""Turns the machine code of a hot statement into the error that says it in words."""

from __future__ import annotations

from makegood.disputes import errors
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.states import FINISHED, OPEN, Stage
from makegood.kernel.errors import Refusal
from makegood.kernel.money import format_money
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb

_STAGE_WORDS: dict[str, str] = {
    Stage.DRAFT: "still a draft",
    Stage.PENDING: "waiting for a decision",
    Stage.IN_REVIEW: "being reviewed",
    Stage.INFO_NEEDED: "waiting for information",
    Stage.DECIDED: "already decided",
    Stage.RESOLVED: "already decided",
    Stage.CLOSED: "closed",
    Stage.WITHDRAWN: "withdrawn",
}


_WAIT_FOR_THE_DECISION = frozenset({Step.EDIT, Step.ADJUST, Step.REVERSE, Step.APPLY_FEE, Step.CLOSE})
"""Steps that are possible again, or refused for another cause, as soon as a decision is committed."""


def wrong_stage(number: str, stage: str, step: Step | None = None) -> Refusal:
    """The error for a step that the table does not have from ``stage``."""
    if stage in FINISHED:
        kind = errors.AlreadyClosed if step is Step.CLOSE else errors.DisputeClosed
        return kind(number=number, state=_STAGE_WORDS[stage])
    if step is Step.REOPEN and stage in OPEN:
        return errors.NotClosed(number=number)
    if stage == Stage.DECIDED and step in _WAIT_FOR_THE_DECISION:
        return errors.DecisionPending(number=number)
    if stage in {Stage.DECIDED, Stage.RESOLVED}:
        return errors.AlreadyDecided(number=number)
    return errors.WrongStage(number=number, stage=_STAGE_WORDS.get(stage, stage))


def told_stage(principal: Principal, stage: str) -> str:
    """The stage as the principal may know it: only the deciding side hears of a decision before it is committed."""
    hidden = stage == Stage.DECIDED and not principal.can(Verb.DISPUTE_DECIDE)
    return Stage.IN_REVIEW if hidden else stage


def refusal_of(
    code: str,
    *,
    number: str,
    stage: str,
    step: Step | None = None,
    currency: str = "USD",
    asked: int = 0,
    remaining: int = 0,
    limit: int = 0,
    payout_currency: str = "USD",
    clawback_left: int = 0,
) -> Refusal:
    """The error for a code of a hot statement. Amounts in micros."""
    if code == "WRONG_STAGE":
        return wrong_stage(number, stage, step)
    if code == "AMOUNT_EXCEEDS_REMAINING":
        return errors.AmountExceedsRemaining(remaining=format_money(remaining, currency))
    if code == "PARTIAL_OUT_OF_RANGE":
        return errors.PartialOutOfRange(asked=format_money(asked, currency))
    if code == "AMOUNT_EXCEEDS_ASKED":
        return errors.AmountExceedsAsked(asked=format_money(asked, currency))
    if code == "OVER_LIMIT":
        return errors.OverLimit(limit=format_money(limit, currency))
    if code == "FEE_OUT_OF_RANGE":
        return errors.FeeOutOfRange(most=format_money(limit, currency))
    if code == "CLAWBACK_OUT_OF_RANGE":
        return errors.ClawbackOutOfRange(most=format_money(clawback_left, payout_currency))
    kinds: dict[str, type[Refusal]] = {
        "ALREADY_DECIDED": errors.AlreadyDecided,
        "CREDIT_LIVE": errors.CreditLive,
        "RECOMMENDED": errors.Recommended,
        "VERSION_MISMATCH": errors.VersionMismatch,
        "PERSON_REQUIRED": errors.PersonRequired,
        "UNDO_EXPIRED": errors.WindowEnded,
        "NOT_YOURS": errors.NotYours,
        "OTHER_REVIEWER": errors.OtherReviewer,
        "AMOUNT_NOT_POSITIVE": errors.AmountNotPositive,
        "DECISION_NOT_OFFERED": errors.DecisionNotOffered,
        "DECISION_PENDING": errors.DecisionPending,
        "ALREADY_ADJUSTED": errors.AlreadyAdjusted,
        "NOT_ADJUSTED": errors.NotAdjusted,
        "ALREADY_REVERSED": errors.AlreadyReversed,
        "NOT_REVERSED": errors.NotReversed,
        "FEE_ALREADY_APPLIED": errors.FeeAlreadyApplied,
        "NOT_FOUND": NotFound,
    }
    return kinds[code](number=number)
