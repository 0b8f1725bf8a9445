"""Credits an amount at once: decided and committed in one transaction, the outcome by the amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import AdjustItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.operations.batch import run_batch, stored_once
from makegood.disputes.operations.commit import commit, open_accounts_for
from makegood.disputes.operations.judging import ADJUST, Spoken, judge
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionKind
from makegood.kernel import ids
from makegood.kernel.answers import Answer, accepted, at_places, in_order
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

GRANTS = frozenset({DecisionKind.ACCEPT.value, DecisionKind.PARTIAL.value})


def adjust(principal: Principal, *, items: Sequence[AdjustItem], key: str | None = None) -> list[Answer]:
    """Credit ``micros`` of what was asked, without an undo window; the dispute stays open as resolved.

    Answers carry ``number``, ``outcome``, ``credit_micros``, ``tax_micros``, ``clawback_micros``, ``currency``,
    ``payout_currency``, ``stage``, ``version``. Refusals per item: NOT_FOUND, EXPLANATION_REQUIRED, WRONG_STAGE,
    ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH, OTHER_REVIEWER, AMOUNT_NOT_POSITIVE, AMOUNT_EXCEEDS_ASKED,
    DECISION_NOT_OFFERED, OVER_LIMIT, AMOUNT_EXCEEDS_REMAINING, CLAWBACK_OUT_OF_RANGE, CONFLICT.
    Raises NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items]}

    return stored_once(principal, key=key, path="disputes.adjust", body=body, run=lambda: _adjust(principal, items))


def _adjust(principal: Principal, items: Sequence[AdjustItem]) -> list[Answer]:
    wanted = {item.dispute_id for item in items}
    found = disputes_visible_to(principal).filter(pk__in=wanted).values_list("pk", "program__settings")
    settings = {pk: DisputeSettings.of(raw) for pk, raw in found}
    answers: dict[int, Answer] = {}
    going: list[int] = []
    for ordinal, item in enumerate(items):
        refused = _form_refusal(item, settings.get(item.dispute_id))
        if refused is None:
            going.append(ordinal)
        else:
            answers[ordinal] = Answer.refused(ordinal, refused, id=item.dispute_id)
    batch = [_spoken(items[ordinal], settings[items[ordinal].dispute_id]) for ordinal in going]
    with transaction.atomic():
        judged = run_batch(batch, lambda part: judge(principal, part, ids.ulid("dec"), told=False))
        held = [answer.id for answer in accepted(judged) if answer.id is not None]
        open_accounts_for(held, len(held))
        credited = {a.id: a.data for a in commit(held, principal=principal, step=Step.ADJUST)} if held else {}
    answers.update(at_places([_with_money(answer, credited) for answer in judged], going))
    return in_order(answers)


def _form_refusal(item: AdjustItem, settings: DisputeSettings | None) -> Refusal | None:
    if settings is None:
        return NotFound()
    if DecisionKind.ACCEPT.value not in settings.decisions:
        return errors.DecisionNotOffered()
    if settings.note_required & GRANTS and not item.note.strip():
        return errors.ExplanationRequired()
    return None


def _spoken(item: AdjustItem, settings: DisputeSettings) -> Spoken:
    return Spoken(
        dispute_id=item.dispute_id,
        kind=ADJUST,
        micros=item.micros,
        note=item.note,
        version=item.version,
        clawback_micros=item.clawback_micros,
        may_part=DecisionKind.PARTIAL.value in settings.decisions,
    )


def _with_money(answer: Answer, credited: dict[int | None, Any]) -> Answer:
    if not answer.ok:
        return answer
    return replace(answer, data={**credited[answer.id], "version": answer.data["version"] + 1})
