"""Puts right money that was posted by mistake on a closed dispute: reopened, reversed and closed in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import CloseItem, ReverseItem, WordsItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Dispute
from makegood.disputes.operations.again import begin_round
from makegood.disputes.operations.batch import stored_once
from makegood.disputes.operations.close import closing
from makegood.disputes.operations.reverse import reversing
from makegood.disputes.operations.steps import run_step
from makegood.disputes.selectors.standing import standing_credits
from makegood.disputes.states import RoundOrigin, Stage
from makegood.kernel.answers import Answer, accepted
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

PART = {"correction": True}
"""What the journal says of each of the three steps, so that one message is sent: the one about the reversal."""


def correct(principal: Principal, *, items: Sequence[WordsItem], key: str | None = None) -> list[Answer]:
    """Reverse every credit that stands on closed disputes, for a cause, whether or not the program reopens.

    Three verbs with one confirmation: a further round begins, the credits are reversed, the dispute is closed again
    without an outcome. Answers carry ``number``, ``version``, ``stage``, ``credit_micros``, ``currency``. Refusals per
    item: NOT_FOUND, NOT_CLOSED, VERSION_MISMATCH, CAUSE_REQUIRED, NOT_ADJUSTED, ALREADY_DISPUTED.
    Raises NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.DISPUTE_REVERSE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items]}

    return stored_once(principal, key=key, path="disputes.correct", body=body, run=lambda: _correct(principal, items))


@transaction.atomic
def _correct(principal: Principal, items: Sequence[WordsItem]) -> list[Answer]:
    opened = run_step(principal, Step.REOPEN, items, _opening, opens=True)
    causes = {answer.id: items[answer.ordinal].text for answer in accepted(opened) if answer.id is not None}
    credits = [
        ReverseItem(dispute_id, credit_id, causes[dispute_id])
        for dispute_id, credit_id in standing_credits(list(causes))
    ]
    reversed_micros: dict[int | None, int] = {}
    for answer in reversing(principal, credits, PART):
        if not answer.ok:
            raise RuntimeError(f"a credit that was seen under lock is not there: {answer}")
        reversed_micros[answer.id] = reversed_micros.get(answer.id, 0) + answer.data["credit_micros"]
    endings = [CloseItem(dispute_id) for dispute_id in causes]
    closed = {
        answer.id: answer
        for answer in run_step(principal, Step.CLOSE, endings, lambda d, item: _ending(principal, d, item))
    }
    return [
        Answer(
            answer.ordinal,
            ok=True,
            id=answer.id,
            data={**closed[answer.id].data, "credit_micros": reversed_micros[answer.id]},
        )
        if answer.ok
        else answer
        for answer in opened
    ]


def _opening(dispute: Dispute, item: WordsItem) -> Mapping[str, Any]:
    if dispute.stage == Stage.WITHDRAWN or not standing_credits([dispute.pk]):
        raise errors.NotAdjusted(number=str(dispute))
    return {**begin_round(dispute, item.text, RoundOrigin.REOPENED), **PART}


def _ending(principal: Principal, dispute: Dispute, item: CloseItem) -> Mapping[str, Any]:
    # The buyer hears of the reversal; the closing itself is nobody's news.
    return {**closing(principal, dispute, item), **PART, "told": True}
