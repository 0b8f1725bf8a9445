"""Opens a finished dispute again: reopened by the operator, or reviewed again because the submitter side asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from makegood.billing.selectors import superseded
from makegood.disputes import errors
from makegood.disputes.entries import ReReviewItem, WordsItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Dispute
from makegood.disputes.operations.steps import Apply, foresee_step, run_step
from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.selectors.second_look import moment_words, second_look
from makegood.disputes.states import OPEN, RoundOrigin, Stage
from makegood.kernel import clock
from makegood.kernel.answers import Answer, accepted
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def reopen(principal: Principal, *, items: Sequence[WordsItem]) -> list[Answer]:
    """Open closed or withdrawn disputes again, for a cause. A live credit stays live until it is reversed.

    Resolution, outcome and decision are cleared; a closed dispute begins its next round, a withdrawn one goes on in
    its own. Refusals per item: NOT_FOUND, NOT_CLOSED, VERSION_MISMATCH, CAUSE_REQUIRED, DECISION_FINAL,
    REOPEN_WINDOW_EXPIRED, CHARGE_CORRECTED, ALREADY_DISPUTED. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_REOPEN)
    return run_step(principal, Step.REOPEN, items, _reopening(items), opens=True)


def foresee_reopen(principal: Principal, items: Sequence[WordsItem]) -> list[Answer]:
    """What ``reopen`` would answer now; writes nothing. Raises NotPermitted."""
    demand(principal, Verb.DISPUTE_REOPEN)
    answers = foresee_step(principal, Step.REOPEN, items, _reopening(items))
    charges = dict(Dispute.objects.filter(pk__in=[a.id for a in accepted(answers)]).values_list("pk", "charge_id"))
    # What the key one_open_dispute_per_charge will say; of two that wait for one charge the first has it.
    waiting = Dispute.objects.filter(charge_id__in=charges.values(), stage__in=OPEN)
    taken = set(waiting.values_list("charge_id", flat=True))
    for place, answer in enumerate(answers):
        if answer.ok and answer.id is not None:
            if charges[answer.id] in taken:
                answers[place] = Answer.refused(answer.ordinal, errors.AlreadyDisputed(), id=answer.id)
            taken.add(charges[answer.id])
    return answers


def _reopening(items: Sequence[WordsItem]) -> Apply[WordsItem]:
    """What reopening sets on each of the items' disputes."""

    @cache
    def newer() -> frozenset[int]:
        ids = [item.dispute_id for item in items]
        return superseded(Dispute.objects.filter(pk__in=ids).values_list("charge_id", flat=True))

    def apply(dispute: Dispute, item: WordsItem) -> Mapping[str, Any]:
        rounds = Rounds.of(dispute.program.settings)
        if not rounds.reopens:
            raise errors.DecisionFinal(number=str(dispute))
        ended = _last_moment(dispute.closed_at or dispute.withdrawn_at, rounds.reopen_for)
        if ended is not None:
            raise errors.ReopenWindowExpired(number=str(dispute), until=ended)
        if dispute.charge_id in newer():
            raise errors.ChargeCorrected()
        return begin_round(dispute, item.text, RoundOrigin.REOPENED)

    return apply


def request_re_review(principal: Principal, *, items: Sequence[WordsItem | ReReviewItem]) -> list[Answer]:
    """Ask that a decided or closed dispute be looked at again, by somebody else where the program says so.

    The appeal window runs from the first decision (without one, from the closing), and no later round restarts it.
    Refusals per item: NOT_FOUND, WRONG_STAGE, DISPUTE_CLOSED, VERSION_MISMATCH, CAUSE_REQUIRED, RE_REVIEW_NOT_OFFERED,
    RE_REVIEW_NOT_FOR_YOU, ROUNDS_USED_UP, APPEAL_WINDOW_ENDED, CHARGE_CORRECTED, ALREADY_DISPUTED, ALREADY_DECIDED
    for who decides. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)

    def apply(dispute: Dispute, item: WordsItem | ReReviewItem) -> Mapping[str, Any]:
        _demand_re_review(principal, dispute)
        _demand_current(dispute)
        if not isinstance(item, ReReviewItem):
            return begin_round(dispute, item.text, RoundOrigin.RE_REVIEW)
        news = f"\nNew: {item.news.strip()}" if item.news.strip() and item.text.strip() else ""
        facts = begin_round(dispute, f"{item.text.strip()}{news}", RoundOrigin.RE_REVIEW)
        return {**facts, "asked_for": item.asked_by.strip()} if item.asked_by.strip() else facts

    return run_step(principal, Step.REQUEST_RE_REVIEW, items, apply, opens=True)


def _demand_current(dispute: Dispute) -> None:
    """Nothing waits on a charge in whose place a corrected one stands."""
    if superseded([dispute.charge_id]):
        raise errors.ChargeCorrected()


def _demand_re_review(principal: Principal, dispute: Dispute) -> None:
    refusal = second_look(principal, dispute).refusal
    if refusal is not None:
        raise refusal


def _last_moment(start: datetime | None, length: timedelta | None) -> str | None:
    """The end of a window in words when it has passed, else None; the last instant still belongs to it."""
    if start is None or length is None or clock.now() <= start + length:
        return None
    return moment_words(start + length)


def begin_round(dispute: Dispute, cause: str, origin: RoundOrigin) -> dict[str, Any]:
    """Set what a further round sets on a locked dispute; the journal's facts. Raises CauseRequired."""
    if not cause.strip():
        raise errors.CauseRequired()
    if dispute.stage != Stage.WITHDRAWN:
        dispute.round += 1
        dispute.round_origin = origin
    for field in ("outcome", "resolution", "decided_micros", "decided_clawback_micros", "decided_by", "decided_at"):
        setattr(dispute, field, None)
    for field in ("commit_after", "closed_at", "withdrawn_at", "suggestion", "assignee", "claimed_until"):
        setattr(dispute, field, None)
    dispute.decision_note = dispute.buyer_explanation = ""
    dispute.finding_ids = []
    dispute.info_missing = False
    return {
        "charge_id": dispute.charge_id,
        "cause": cause.strip(),
        "round": dispute.round,
        "submitted_by": dispute.submitted_by_id,
    }
