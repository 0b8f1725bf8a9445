"""Credits an amount at once: decided and committed in one transaction, the outcome by the amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import AdjustItem, Prepared, Spoken
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.operations.batch import run_batch, stored_once
from makegood.disputes.operations.commit import commit, open_accounts_for
from makegood.disputes.operations.judging import ADJUST, judge, judge_and_commit
from makegood.disputes.operations.turns import in_turn, keep_skips
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.deciding import Case, cases_of
from makegood.disputes.states import DecisionKind
from makegood.kernel import ids
from makegood.kernel.answers import Answer, accepted, at_places, in_order
from makegood.kernel.errors import Refusal
from makegood.kernel.prepared import FEW
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

GRANTS = frozenset({DecisionKind.ACCEPT.value, DecisionKind.PARTIAL.value})


def adjust(principal: Principal, *, items: Sequence[AdjustItem], key: str | None = None) -> list[Answer]:
    """Credit ``micros`` of what was asked, without an undo window; the dispute stays open as resolved.

    Answers carry ``number``, ``outcome``, ``credit_micros``, ``tax_micros``, ``clawback_micros``, ``currency``,
    ``payout_currency``, ``stage``, ``version``. A resolution is a label that the dispute gets with the credit.
    Refusals per item: NOT_FOUND, UNKNOWN_RESOLUTION, EXPLANATION_REQUIRED, WRONG_STAGE, ALREADY_ADJUSTED,
    ALREADY_DECIDED, DECISION_PENDING, DISPUTE_CLOSED, VERSION_MISMATCH, OTHER_REVIEWER, RECOMMENDED,
    AMOUNT_NOT_POSITIVE, AMOUNT_EXCEEDS_ASKED, DECISION_NOT_OFFERED, OVER_LIMIT, AMOUNT_EXCEEDS_REMAINING,
    CLAWBACK_OUT_OF_RANGE, CONFLICT, OUT_OF_TURN as of a decision.
    Raises NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items]}

    return stored_once(principal, key=key, path="disputes.adjust", body=body, run=lambda: _adjust(principal, items))


def _adjust(principal: Principal, items: Sequence[AdjustItem]) -> list[Answer]:
    prepared = prepared_adjustments(principal, items)
    if not prepared.skips:
        return _credited(principal, prepared)
    with transaction.atomic():
        answers = _credited(principal, prepared)
        keep_skips(principal, prepared.skips, answers, "adjust")
    return answers


def _credited(principal: Principal, prepared: Prepared) -> list[Answer]:
    said: dict[str, Any] = {"principal": principal, "step": Step.ADJUST, "resolutions": prepared.labels}
    if prepared.accounts_open and len(prepared.batch) <= FEW:
        judged = run_batch(prepared.batch, lambda part: _in_one_go(principal, part, said), by_itself=True)
        return in_order({**prepared.refused, **at_places(judged, prepared.going)})
    with transaction.atomic():
        judged = run_batch(prepared.batch, lambda part: judge(principal, part, ids.ulid("dec"), told=False))
        held = [answer.id for answer in accepted(judged) if answer.id is not None]
        credited: list[Answer] = []
        if held:
            open_accounts_for(held, len(held))
            credited = commit(held, **said)
    return in_order({**prepared.refused, **at_places(_with_money(judged, credited), prepared.going)})


def _in_one_go(principal: Principal, batch: Sequence[Spoken], said: Mapping[str, Any]) -> list[Answer]:
    if not batch:
        return []
    return _with_money(*judge_and_commit(principal, batch, ids.ulid("dec"), told=False, said=said))


def prepared_adjustments(principal: Principal, items: Sequence[AdjustItem]) -> Prepared:
    """What of the adjustments reaches the statement that judges them; the rest is refused for its form."""
    named = {item.dispute_id: item.resolution for item in items}
    cases = cases_of(principal, list(named.items()))
    answers: dict[int, Answer] = {}
    batch: dict[int, Spoken] = {}
    labels: dict[int, tuple[int, str]] = {}
    for ordinal, item in enumerate(items):
        case = cases.get(item.dispute_id)
        refused = _form_refusal(item, case)
        if refused is None and case is not None:
            batch[ordinal] = _spoken(item, case.settings)
            if case.resolution_id is not None:
                labels[item.dispute_id] = (case.resolution_id, named[item.dispute_id])
        else:
            answers[ordinal] = Answer.refused(ordinal, refused or NotFound(), id=item.dispute_id)
    accounts_open = not any(case.accounts_missing for case in cases.values())
    in_order = any(case.settings.in_order for case in cases.values())
    prepared = Prepared(answers, tuple(batch), tuple(batch.values()), accounts_open, labels, in_order=in_order)
    return in_turn(principal, prepared, items)


def _form_refusal(item: AdjustItem, case: Case | None) -> Refusal | None:
    if case is None:
        return NotFound()
    if item.resolution and case.resolution_id is None:
        return errors.UnknownResolution(resolution=item.resolution)
    if DecisionKind.ACCEPT.value not in case.settings.decisions:
        return errors.DecisionNotOffered()
    if case.settings.note_required & GRANTS and not item.note.strip():
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


def _with_money(judged: Sequence[Answer], credited: Sequence[Answer]) -> list[Answer]:
    """What was judged, with the figures of its credit."""
    money = {answer.id: answer.data for answer in credited}
    return [
        replace(answer, data={**money[answer.id], "version": answer.data["version"] + 1}) if answer.ok else answer
        for answer in judged
    ]
