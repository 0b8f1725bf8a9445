"""Submits guided disputes: one number for the whole, one dispute per line; pressed twice, the same numbers again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.locks import locked_guided
from makegood.disputes.models import GuidedDispute, Submission
from makegood.disputes.operations.guided import change_of, check_lines, check_open
from makegood.disputes.operations.submit import submit
from makegood.disputes.policy.guided import GuidedItem, GuidedState, Said, said_of
from makegood.disputes.selectors.guided import guided_visible_to, origin_of
from makegood.disputes.selectors.guided_lines import claim_of, lines_of
from makegood.disputes.selectors.guided_reasons import questions_by_reason
from makegood.journal.operations import record_all
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def submit_guided(principal: Principal, *, items: Sequence[GuidedItem]) -> list[Answer]:
    """File the lines of each guided dispute that were not taken out.

    Several lines become one submission, a single one a dispute of its own. A line that lost a race is left out and
    told. Whoever submits again is answered as the first time. Answers carry ``number`` (of the whole) and ``lines``:
    charge, ok, number, id, code and message of each.

    Refusals per item: NOT_FOUND, GUIDED_ENDED, GUIDED_CHANGED, CHARGES_REQUIRED, LINES_NOT_VALID, and where no line can
    be filed what ``submit`` refuses of the first. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    rows = locked_guided([item.draft for item in items], guided_visible_to(principal))
    answers: list[Answer] = []
    for ordinal, item in enumerate(items):
        row = rows.get(item.draft)
        if row is None:
            answers.append(Answer.refused(ordinal, NotFound()))
        elif row.state == GuidedState.SUBMITTED:
            answers.append(_answer(ordinal, row))
        else:
            answers.append(_submitted(principal, ordinal, row, item))
    return answers


def _submitted(principal: Principal, ordinal: int, row: GuidedDispute, item: GuidedItem) -> Answer:
    said = said_of(row.said)
    try:
        check_open(row, item.version)
        check_lines(principal, said)
    except Refusal as refusal:
        return Answer.refused(ordinal, refusal, id=row.pk)
    claims = _claims(principal, said, questions_by_reason(row.program_id, said.reasons))
    together = Together(said.description, row.invoice_id) if len(claims) > 1 else None
    filed = submit(principal, items=claims, origin=origin_of(principal), together=together)
    if not any(answer.ok for answer in filed):
        first = filed[0]
        return Answer(ordinal, ok=False, id=row.pk, code=first.code, message=first.message, data=first.data)
    row.filed = [_line(claim, answer) for claim, answer in zip(claims, filed, strict=True)]
    row.submission = _submission_of(filed)
    row.state, row.submitted_at, row.modified_at = GuidedState.SUBMITTED.value, clock.now(), clock.now()
    row.version += 1
    row.save()
    record_all(principal, [change_of(row, "submit_guided", "submitted", {"lines": row.filed})])
    return _answer(ordinal, row)


def _claims(principal: Principal, said: Said, asked: Mapping[str, Sequence[str]]) -> list[SubmitItem]:
    """What is filed, by line."""
    return [
        replace(
            claim_of(said, line.said, asked),
            amount_micros=line.item.amount_micros,
            override_cause=line.said.cause.strip() if line.is_overridden else "",
        )
        for line in lines_of(principal, said)
        if line.item is not None and not line.said.dropped
    ]


def _submission_of(filed: Sequence[Answer]) -> Submission | None:
    """The submission that the first line belongs to; None for a dispute of its own."""
    number = next((str(answer.data["submission"]) for answer in filed if answer.ok and "submission" in answer.data), "")
    return Submission.objects.get(number=int(number.removeprefix("D-"))) if number else None


def _line(claim: SubmitItem, answer: Answer) -> dict[str, Any]:
    return {
        "charge": claim.charge_id,
        "ok": answer.ok,
        "number": str(answer.data.get("number", "")) if answer.ok else "",
        "id": answer.id,
        "code": answer.code,
        "message": answer.message,
    }


def _answer(ordinal: int, row: GuidedDispute) -> Answer:
    lines: list[Mapping[str, Any]] = list(row.filed)
    number = next(str(line["number"]) for line in lines if line["ok"]).partition(".")[0]
    return Answer(ordinal, ok=True, id=row.pk, data={"draft": row.public_id, "number": number, "lines": lines})
