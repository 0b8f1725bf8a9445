"""Keeps what a review found. A non-billable verdict opens a dispute and accepts it, so that money has one path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import DecisionItem, Ref, ReviewItem, SubmitItem
from makegood.disputes.locks import locked_with_balances
from makegood.disputes.models import Finding, Review
from makegood.disputes.operations.claim_reviews import lease_of, locked_reviews, standing_in_the_way, take
from makegood.disputes.operations.hearing import not_heard
from makegood.disputes.operations.recommend import decide_or_recommend
from makegood.disputes.operations.submit import submit
from makegood.disputes.operations.tell_review import tell
from makegood.disputes.operations.undo import undo
from makegood.disputes.operations.withdraw import withdraw
from makegood.disputes.policy.review_plan import normalized_tags
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.review_reasons import reason_for
from makegood.disputes.states import DecisionKind, Door, Origin, ReviewState, ReviewVerdict, Stage
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

_OF_THE_MONEY_PATH = frozenset({Verb.DISPUTE_CREATE, Verb.DISPUTE_DECIDE})


class _Refused(Exception):
    """The answer of the money path that stopped a verdict; what was written before it goes."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


def keep_review(principal: Principal, *, items: Sequence[ReviewItem]) -> list[Answer]:
    """Keep verdict, findings, tags and note of reviews, each in a transaction of its own.

    Non-billable opens a dispute of origin ``qa_proactive`` for all that is left and accepts it whole: held for the undo
    window of the desk, within the reviewer's own limit, above it recommended for a second signature; without a limit
    that was granted, whatever it comes to is recommended. Answers carry
    ``verdict`` and ``undo_until``; with a dispute ``number``, ``dispute_id``, ``state`` (held, committed, recommended),
    ``micros`` and ``currency``.
    Refusals per item: NOT_FOUND, REVIEWER_REQUIRED, REVIEW_TAKEN, REVIEW_FINISHED, REVIEW_OVERTAKEN, FINDING_UNKNOWN,
    NOTHING_TO_HEAR, HEARD_BEYOND_RECORDING, BAD_TAG, REVIEW_REASON_REQUIRED, and those of ``submit`` and
    ``decide_or_recommend``. Raises NotPermitted.
    """
    demand(principal, Verb.REVIEW_PROACTIVE)
    return [replace(_kept(principal, item), ordinal=ordinal) for ordinal, item in enumerate(items)]


def _kept(principal: Principal, item: ReviewItem) -> Answer:
    try:
        with transaction.atomic():
            row = locked_reviews(principal, [item.review_id]).get(item.review_id)
            if row is None:
                raise NotFound()
            standing = standing_in_the_way(principal, row)
            if standing is None:
                return _finished(principal, row, item)
        # Here and not inside: what was overtaken stays canceled.
        return Answer.refused(0, standing, id=item.review_id)
    except Refusal as refusal:
        return Answer.refused(0, refusal, id=item.review_id)
    except _Refused as stopped:
        return replace(stopped.answer, id=item.review_id)


def _finished(principal: Principal, row: Review, item: ReviewItem) -> Answer:
    findings = _findings(row, item.findings)
    refusal = not_heard(row.charge_id, item.heard, set(item.findings))
    if refusal is not None:
        raise refusal
    row.tags = list(normalized_tags(item.tags))
    row.finding_ids = [finding.pk for finding in findings]
    row.heard = [asdict(one) for one in item.heard]
    row.note = item.note.strip()
    if row.state != ReviewState.CLAIMED or row.reviewer_id != principal.id:
        take(principal, row)
    now = clock.now()
    row.state, row.verdict, row.finished_at, row.claimed_until = ReviewState.DONE, item.verdict, now, None
    data: dict[str, Any] = {"verdict": str(item.verdict), "undo_until": now + _window(row)}
    if item.verdict is ReviewVerdict.NON_BILLABLE:
        data |= _opened(principal, row, item, findings)
    row.save()
    tell(principal, row, "finish", **_facts(row))
    return Answer(0, ok=True, id=row.pk, data=data)


def _findings(row: Review, codes: Sequence[str]) -> list[Finding]:
    known = {one.code: one for one in Finding.objects.filter(program=row.program_id, code__in=codes)}
    strange = [code for code in codes if code not in known]
    if strange:
        raise errors.FindingUnknown(finding=strange[0])
    return [known[code] for code in dict.fromkeys(codes)]


def _opened(principal: Principal, row: Review, item: ReviewItem, findings: Sequence[Finding]) -> dict[str, Any]:
    """Open the dispute and accept it; what the answer tells of it."""
    reason = item.reason or reason_for(row.program_id, item.findings)
    if not reason:
        raise errors.ReviewReasonRequired()
    on_its_way = _lifted(principal)
    claim = SubmitItem(row.charge_id, reason, _words(findings))
    filed = _went(submit(on_its_way, items=[claim], origin=Origin.QA_PROACTIVE)[0])
    row.dispute_id = filed.id
    decision = DecisionItem(
        filed.id or 0,
        DecisionKind.ACCEPT,
        note=row.note or _words(findings),
        findings=tuple(item.findings),
        heard=item.heard,
    )
    decided = _went(decide_or_recommend(on_its_way, items=[decision], door=Door.DESK)[0])
    told = {"number": filed.data["number"], "dispute_id": filed.id, "state": decided.data["state"]}
    told |= {"micros": filed.data["amount_micros"], "currency": filed.data["currency"]}
    return told | ({"undo_until": decided.data["commit_after"]} if "commit_after" in decided.data else {})


def _words(findings: Sequence[Finding]) -> str:
    """What the buyer reads where the reviewer wrote nothing."""
    heard = "; ".join(finding.label for finding in findings)
    return f"Quality assurance looked at this without being asked: {heard}." if heard else (
        "Quality assurance looked at this without being asked and found that it is not billable."
    )  # fmt: skip


def _went(answer: Answer) -> Answer:
    if not answer.ok:
        raise _Refused(answer)
    return answer


def _lifted(principal: Principal) -> Principal:
    """The reviewer on the way of the money: the verdict needs no permission to file or to decide anything else."""
    return replace(principal, verbs=principal.verbs | _OF_THE_MONEY_PATH)


def _window(row: Review) -> timedelta:
    return timedelta(seconds=DisputeSettings.of(row.program.settings).undo_seconds.get(Door.DESK.value, 0))


def _facts(row: Review) -> dict[str, Any]:
    return {"verdict": row.verdict, "tags": row.tags, "dispute_id": row.dispute_id}


def take_back_review(principal: Principal, *, items: Sequence[int]) -> list[Answer]:
    """Take verdicts back within their undo window: the review is in one's hands again with all that was marked.

    A decision is undone and its dispute withdrawn, so nothing was posted and nobody was told; one that waits for a
    second signature is withdrawn as long as nobody signed, and so is one that was declined.

    Refusals per item: NOT_FOUND, NOTHING_TO_TAKE_BACK, REVIEW_NOT_YOURS, TAKE_BACK_ENDED, REVIEWER_REQUIRED. Raises
    NotPermitted.
    """
    demand(principal, Verb.REVIEW_PROACTIVE)
    return [replace(_taken_back(principal, pk), ordinal=ordinal) for ordinal, pk in enumerate(items)]


def _taken_back(principal: Principal, pk: int) -> Answer:
    try:
        with transaction.atomic():
            row = locked_reviews(principal, [pk]).get(pk)
            if row is None:
                raise NotFound()
            _check_back(principal, row)
            if row.dispute_id is not None:
                _close_again(principal, row)
            tell(principal, row, "take_back", **_facts(row))
            row.state, row.verdict, row.finished_at, row.dispute = ReviewState.CLAIMED, None, None, None
            row.reviewer_id, row.claimed_until = principal.id, lease_of(row)
            row.save()
            return Answer(0, ok=True, id=pk, data={"until": row.claimed_until})
    except Refusal as refusal:
        return Answer.refused(0, refusal, id=pk)
    except _Refused as stopped:
        return replace(stopped.answer, id=pk)


def _check_back(principal: Principal, row: Review) -> None:
    if principal.id is None:
        raise errors.ReviewerRequired()
    if row.state != ReviewState.DONE or row.finished_at is None:
        raise errors.NothingToTakeBack()
    if row.reviewer_id != principal.id:
        raise errors.ReviewNotYours(reviewer=str(row.reviewer))
    if row.dispute_id is None and row.finished_at + _window(row) <= clock.now():
        raise errors.TakeBackEnded()


def _close_again(principal: Principal, row: Review) -> None:
    """Undo the decision inside its window, and withdraw the dispute that nobody outside has heard of.

    One that nobody signed, or that was declined, has no decision to undo. What the dispute stands at is read when
    nobody else moves it any more.
    """
    dispute = locked_with_balances([row.dispute_id or 0])[row.dispute_id or 0]
    on_its_way, ref = _lifted(principal), [Ref(dispute.pk)]
    if dispute.stage == Stage.DECIDED:
        answer = undo(on_its_way, items=ref)[0]
        if answer.code == errors.WindowEnded.code:
            raise errors.TakeBackEnded()
        _went(answer)
    elif dispute.stage not in {Stage.PENDING, Stage.IN_REVIEW} or dispute.round > 1:
        raise errors.TakeBackEnded()
    _went(withdraw(on_its_way, items=ref)[0])
