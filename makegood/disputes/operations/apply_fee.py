"""Charges a fee for a reversal, within what the program allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import FeeItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import stages_for
from makegood.disputes.operations.batch import fetch, run_batch, stored_once
from makegood.disputes.policy.afterward import FeeTerms, fee_terms
from makegood.disputes.selectors.refusals import refusal_of, told_stage
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.journal.operations import actor_parameters
from makegood.kernel import sql
from makegood.kernel.answers import Answer, accepted, at_places, in_order
from makegood.kernel.rounding import tax_at
from makegood.ledger.posting import open_accounts
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

Charged = tuple[FeeItem, int, FeeTerms]
"""An item, its fee in micros, and the program's terms."""


def apply_fee(principal: Principal, *, items: Sequence[FeeItem], key: str | None = None) -> list[Answer]:
    """Charge a fee per reversal, plus tax at the program's rate. Stage, outcome and resolution stay.

    Answers carry ``number``, ``adjustment_id``, ``fee_micros``, ``tax_micros``, ``currency``, ``version``. Refusals per
    item: NOT_FOUND, FEE_NOT_OFFERED, WRONG_STAGE, DECISION_PENDING, DISPUTE_CLOSED, VERSION_MISMATCH, NOT_REVERSED,
    FEE_ALREADY_APPLIED, FEE_OUT_OF_RANGE. Raises NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.DISPUTE_FEE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items]}

    return stored_once(principal, key=key, path="disputes.fee", body=body, run=lambda: _apply_fee(principal, items))


def _apply_fee(principal: Principal, items: Sequence[FeeItem]) -> list[Answer]:
    wanted = {item.dispute_id for item in items}
    found = disputes_visible_to(principal).filter(pk__in=wanted).values_list("pk", "currency", "program__settings")
    terms = {pk: fee_terms(settings, currency) for pk, currency, settings in found}
    answers: dict[int, Answer] = {}
    going: list[int] = []
    batch: list[Charged] = []
    for ordinal, item in enumerate(items):
        offered = terms.get(item.dispute_id)
        if offered is None:
            refusal = errors.FeeNotOffered() if item.dispute_id in terms else NotFound()
            answers[ordinal] = Answer.refused(ordinal, refusal, id=item.dispute_id)
            continue
        going.append(ordinal)
        batch.append((item, offered.default if item.micros is None else item.micros, offered))
    with transaction.atomic():
        ids = [item.dispute_id for item, _, _ in batch]
        open_accounts((key, currency) for key, currency in fetch(sql.load("disputes.fee_accounts"), {"ids": ids}))
        judged = run_batch(batch, lambda part: _statement(principal, part))
        if not accepted(judged):
            transaction.set_rollback(True)  # the accounts too: who is refused leaves nothing behind
    return in_order(answers | at_places(judged, going))


def _statement(principal: Principal, batch: Sequence[Charged]) -> list[Answer]:
    rows = fetch(
        sql.load("disputes.apply_fee"),
        {
            "dispute_ids": [item.dispute_id for item, _, _ in batch],
            "reversal_ids": [item.adjustment_id for item, _, _ in batch],
            "micros": [micros for _, micros, _ in batch],
            "taxes": [tax_at(max(micros, 0), terms.tax_rate) for _, micros, terms in batch],
            "largest": [terms.largest for _, _, terms in batch],
            "notes": [item.note.strip() for item, _, _ in batch],
            "versions": [item.version for item, _, _ in batch],
            "charging_stages": sorted(stages_for(Step.APPLY_FEE)),
            **actor_parameters(principal),
        },
    )
    return [_answer(principal, row, batch[row[0] - 1][2].largest) for row in rows]


def _answer(principal: Principal, row: tuple[Any, ...], largest: int) -> Answer:
    ordinal, dispute_id, label, code, stage, fee, tax, currency, made, version = row
    if code:
        refusal = refusal_of(
            code,
            number=label or "This dispute",
            stage=told_stage(principal, stage or ""),
            step=Step.APPLY_FEE,
            currency=currency or "USD",
            limit=largest,
        )
        return Answer.refused(ordinal - 1, refusal, id=dispute_id)
    data = {
        "number": label,
        "adjustment_id": made,
        "fee_micros": fee,
        "tax_micros": tax,
        "currency": currency,
        "version": version,
    }
    return Answer(ordinal - 1, ok=True, id=dispute_id, data=data)
