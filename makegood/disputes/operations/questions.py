"""Asks the submitter side for information, takes the answer, and goes on without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import Ref, WordsItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Comment, Dispute
from makegood.disputes.operations.steps import run_step
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.states import CommentKind, Visibility
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def request_info(principal: Principal, *, items: Sequence[WordsItem]) -> list[Answer]:
    """Ask the submitter side; the asker stays the reviewer, without a lease that could run out meanwhile.

    Refusals per item: NOT_FOUND, WRONG_STAGE, ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH, QUESTION_REQUIRED.
    Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def apply(dispute: Dispute, item: WordsItem) -> Mapping[str, Any]:
        question = item.text.strip()
        if not question:
            raise errors.QuestionRequired()
        dispute.assignee_id = principal.id
        dispute.claimed_until = None
        dispute.info_missing = False
        _say(principal, dispute, CommentKind.QUESTION, question)
        return {**_about(dispute), "question": question}

    return run_step(principal, Step.REQUEST_INFO, items, apply)


def provide_info(principal: Principal, *, items: Sequence[WordsItem]) -> list[Answer]:
    """Answer; the dispute goes back to whoever asked, for a lease of the program.

    Refusals per item: NOT_FOUND, WRONG_STAGE, ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH, ANSWER_REQUIRED.
    Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)

    def apply(dispute: Dispute, item: WordsItem) -> Mapping[str, Any]:
        answer = item.text.strip()
        if not answer:
            raise errors.AnswerRequired()
        lease = DisputeSettings.of(dispute.program.settings).lease_seconds
        dispute.claimed_until = clock.now() + timedelta(seconds=lease)
        _say(principal, dispute, CommentKind.ANSWER, answer)
        return {**_about(dispute), "reviewer": dispute.assignee_id, "answer": answer}

    return run_step(principal, Step.PROVIDE_INFO, items, apply)


def lapse(ids: Sequence[int]) -> list[Answer]:
    """What the worker does when a question stays without answer: back into the queue, marked as missing information.

    Refusals per item: NOT_FOUND, WRONG_STAGE, ALREADY_DECIDED, DISPUTE_CLOSED.
    """

    def apply(dispute: Dispute, item: Ref) -> Mapping[str, Any]:
        dispute.assignee_id = None
        dispute.claimed_until = None
        dispute.info_missing = True
        return _about(dispute)

    return run_step(SYSTEM, Step.LAPSE, [Ref(pk) for pk in ids], apply)


def _about(dispute: Dispute) -> dict[str, Any]:
    return {"charge_id": dispute.charge_id, "round": dispute.round, "submitted_by": dispute.submitted_by_id}


def _say(principal: Principal, dispute: Dispute, kind: CommentKind, body: str) -> None:
    Comment.objects.create(
        dispute=dispute,
        kind=kind,
        visibility=Visibility.PARTIES,
        body=body,
        author_id=principal.id,
        at=clock.now(),
    )
