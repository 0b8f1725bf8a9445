"""Steps that belong together: one confirmation, each step its own operation and event, nothing half done.

"Reopen, reverse, close" is ``correct``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import DecisionItem, ReverseItem, WordsItem
from makegood.disputes.operations.again import reopen
from makegood.disputes.operations.batch import stored_once
from makegood.disputes.operations.decide import decide
from makegood.disputes.operations.reverse import reverse as take_back
from makegood.disputes.selectors.standing import standing_credits
from makegood.disputes.selectors.visible import visible_ids
from makegood.disputes.states import DecisionKind, Door
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def reopen_and_reverse(principal: Principal, *, items: Sequence[WordsItem], key: str | None = None) -> list[Answer]:
    """Open closed disputes again, for a cause, and reverse every credit of theirs that stands; both, or neither.

    Answers carry ``number``, ``version``, ``credit_micros``, ``tax_micros``, ``clawback_micros``, ``currency``,
    ``payout_currency``. Refusals per item: NOT_FOUND, NOT_ADJUSTED, NOT_CLOSED, VERSION_MISMATCH, CAUSE_REQUIRED,
    DECISION_FINAL, REOPEN_WINDOW_EXPIRED, CHARGE_CORRECTED, ALREADY_DISPUTED. Raises NotPermitted, and KeyReused for a
    key with another body.
    """
    demand(principal, Verb.DISPUTE_REOPEN)
    demand(principal, Verb.DISPUTE_REVERSE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items]}

    def run() -> list[Answer]:
        return [_reopened_and_reversed(principal, place, item) for place, item in enumerate(items)]

    return stored_once(principal, key=key, path="disputes.reopen_and_reverse", body=body, run=run)


def reverse_and_reject(principal: Principal, *, items: Sequence[DecisionItem], key: str | None = None) -> list[Answer]:
    """Reverse every credit that stands on disputes of a later round and reject them; both, or neither.

    The items are rejections. The reversal is posted at once; the rejection waits in the undo window of the desk, and
    taking it back does not bring the credit back. Answers carry ``number``, ``version``, ``commit_after``,
    ``credit_micros``, ``tax_micros``, ``clawback_micros``, ``currency``, ``payout_currency``. Refusals per item:
    NOT_FOUND, DECISION_NOT_OFFERED, NOT_ADJUSTED, WRONG_STAGE, DECISION_PENDING, DISPUTE_CLOSED, ALREADY_DECIDED,
    VERSION_MISMATCH, EXPLANATION_REQUIRED, PERSON_REQUIRED, OTHER_REVIEWER, FINDING_UNKNOWN, OUT_OF_TURN. Raises
    NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.DISPUTE_REVERSE)
    demand(principal, Verb.DISPUTE_DECIDE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items]}

    def run() -> list[Answer]:
        return [_reversed_and_rejected(principal, place, item) for place, item in enumerate(items)]

    return stored_once(principal, key=key, path="disputes.reverse_and_reject", body=body, run=run)


def _reopened_and_reversed(principal: Principal, place: int, item: WordsItem) -> Answer:
    with transaction.atomic():
        (opened,) = reopen(principal, items=[item])
        answer = _reversed(principal, item.dispute_id, item.text) if opened.ok else opened
        if not answer.ok:
            transaction.set_rollback(True)
    return replace(answer, ordinal=place)


def _reversed_and_rejected(principal: Principal, place: int, item: DecisionItem) -> Answer:
    if item.kind is not DecisionKind.REJECT:
        return Answer.refused(place, errors.DecisionNotOffered(), id=item.dispute_id)
    with transaction.atomic():
        answer = _reversed(principal, item.dispute_id, item.note, item.version)
        if answer.ok:
            money = answer.data
            (answer,) = decide(principal, items=[replace(item, version=None)], door=Door.DESK)
            if answer.ok:
                answer = replace(answer, data={**money, **answer.data})
        if not answer.ok:
            transaction.set_rollback(True)
    return replace(answer, ordinal=place)


def _reversed(principal: Principal, dispute_id: int, note: str, version: int | None = None) -> Answer:
    """Reverse every credit of one dispute that stands: the last answer, with the sums of all."""
    if dispute_id not in visible_ids(principal, [dispute_id]):
        return Answer.refused(0, NotFound(), id=dispute_id)
    credits = [credit for _, credit in standing_credits([dispute_id])]
    answer, sums = None, dict.fromkeys(("credit_micros", "tax_micros", "clawback_micros"), 0)
    for place, credit in enumerate(credits or [None]):
        said = version if place == 0 else None
        (answer,) = take_back(principal, items=[ReverseItem(dispute_id, credit, note, said)])
        if not answer.ok:
            return answer
        sums = {name: micros + int(answer.data[name]) for name, micros in sums.items()}
    if answer is None:
        raise RuntimeError("there is always a credit to ask for")
    return replace(answer, data={**answer.data, **sums})
