"""Takes credits back: the exact inverse of what was posted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from makegood.disputes.entries import ReverseItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import stages_for
from makegood.disputes.operations.batch import fetch, run_batch, stored_once
from makegood.disputes.selectors.refusals import refusal_of, told_stage
from makegood.disputes.selectors.visible import visible_ids
from makegood.journal.operations import actor_parameters
from makegood.kernel import sql
from makegood.kernel.answers import Answer, at_places, in_order
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def reverse(principal: Principal, *, items: Sequence[ReverseItem], key: str | None = None) -> list[Answer]:
    """Reverse a credit per item: net, tax and claw-back as they were posted. Stage, outcome and resolution stay.

    A dispute with credits of several rounds takes an item for each, or reverses the newest that stands. Answers carry
    ``number``, ``adjustment_id``, ``credit_micros``, ``tax_micros``, ``clawback_micros``, ``currency``,
    ``payout_currency``, ``version``. Refusals per item: NOT_FOUND, WRONG_STAGE, DECISION_PENDING, DISPUTE_CLOSED,
    VERSION_MISMATCH, NOT_ADJUSTED, ALREADY_REVERSED. Raises NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.DISPUTE_REVERSE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items]}

    return stored_once(principal, key=key, path="disputes.reverse", body=body, run=lambda: _reverse(principal, items))


def _reverse(principal: Principal, items: Sequence[ReverseItem]) -> list[Answer]:
    seen = visible_ids(principal, (item.dispute_id for item in items))
    answers = {
        ordinal: Answer.refused(ordinal, NotFound(), id=item.dispute_id)
        for ordinal, item in enumerate(items)
        if item.dispute_id not in seen
    }
    going = [ordinal for ordinal in range(len(items)) if ordinal not in answers]
    judged = run_batch([items[ordinal] for ordinal in going], lambda part: reversing(principal, part))
    return in_order(answers | at_places(judged, going))


def reversing(
    principal: Principal, items: Sequence[ReverseItem], facts: Mapping[str, Any] | None = None
) -> list[Answer]:
    """Run the statement for disputes in sight; ``facts`` go into the journal beside its own."""
    rows = fetch(
        sql.load("disputes.reverse"),
        {
            "dispute_ids": [item.dispute_id for item in items],
            "credit_ids": [item.adjustment_id for item in items],
            "notes": [item.note.strip() for item in items],
            "versions": [item.version for item in items],
            "reversible_stages": sorted(stages_for(Step.REVERSE)),
            "facts": json.dumps(facts or {}),
            **actor_parameters(principal),
        },
    )
    return [_answer(principal, row) for row in rows]


def _answer(principal: Principal, row: tuple[Any, ...]) -> Answer:
    ordinal, dispute_id, label, code, stage, credit, tax, clawback, currency, payout_currency, made, version = row
    if code:
        refusal = refusal_of(
            code, number=label or "This dispute", stage=told_stage(principal, stage or ""), step=Step.REVERSE
        )
        return Answer.refused(ordinal - 1, refusal, id=dispute_id)
    data = {
        "number": label,
        "adjustment_id": made,
        "credit_micros": credit,
        "tax_micros": tax,
        "clawback_micros": clawback,
        "currency": currency,
        "payout_currency": payout_currency,
        "version": version,
    }
    return Answer(ordinal - 1, ok=True, id=dispute_id, data=data)
