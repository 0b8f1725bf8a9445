"""Decides disputes: judged under lock, hold placed, undo window opened, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import DecisionItem
from makegood.disputes.models import Finding
from makegood.disputes.operations.batch import run_batch, stored_once
from makegood.disputes.operations.commit import commit, open_accounts_for
from makegood.disputes.operations.judging import Spoken, judge
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionKind, Door
from makegood.kernel import ids
from makegood.kernel.answers import Answer, accepted, at_places, in_order
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def decide(
    principal: Principal,
    *,
    items: Sequence[DecisionItem],
    door: Door = Door.DESK,
    key: str | None = None,
) -> list[Answer]:
    """Accept, accept in part or reject, with the undo window of the door; a window of 0 commits at once.

    Answers carry ``number``, ``decided_micros``, ``currency``, ``commit_after``, ``version``. Refusals per item:
    NOT_FOUND, DECISION_NOT_OFFERED, EXPLANATION_REQUIRED, WRONG_STAGE, ALREADY_DECIDED, DISPUTE_CLOSED,
    VERSION_MISMATCH, PERSON_REQUIRED, OTHER_REVIEWER, CREDIT_LIVE, PARTIAL_OUT_OF_RANGE, OVER_LIMIT,
    AMOUNT_EXCEEDS_REMAINING, CLAWBACK_OUT_OF_RANGE, CONFLICT. In a later round an acceptance is for what is left of
    what was asked. Raises NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items], "door": door}

    return stored_once(
        principal, key=key, path="disputes.decide", body=body, run=lambda: _decide(principal, items, door)
    )


def _decide(principal: Principal, items: Sequence[DecisionItem], door: Door) -> list[Answer]:
    wanted = {item.dispute_id for item in items}
    program_of = dict(disputes_visible_to(principal).filter(id__in=wanted).values_list("id", "program_id"))
    settings = {
        program.pk: DisputeSettings.of(program.settings)
        for program in Program.objects.filter(pk__in=set(program_of.values()))
    }
    findings = {
        (finding.program_id, finding.code): finding.pk for finding in Finding.objects.filter(program_id__in=settings)
    }
    answers: dict[int, Answer] = {}
    going: list[int] = []
    batch: list[Spoken] = []
    for ordinal, item in enumerate(items):
        program = program_of.get(item.dispute_id, 0)
        refused = _form_refusal(item, settings.get(program))
        if refused is not None:
            answers[ordinal] = Answer.refused(ordinal, refused, id=item.dispute_id)
            continue
        found = [findings[key] for code in item.findings if (key := (program, code)) in findings]
        going.append(ordinal)
        batch.append(_spoken(item, found, settings[program].undo_seconds.get(door.value, 0)))
    windows = {one.dispute_id: one.window for one in batch}
    with transaction.atomic():
        judged = run_batch(batch, lambda part: judge(principal, part, ids.ulid("dec")))
        answers.update(at_places(judged, going))
        at_once = [a.id for a in accepted(answers.values()) if a.id is not None and windows[a.id] == 0]
        if at_once:
            open_accounts_for(at_once, len(at_once))
            commit(at_once)
    return in_order(answers)


def _spoken(item: DecisionItem, findings: Sequence[int], window: int) -> Spoken:
    refuses = item.kind is DecisionKind.REJECT
    return Spoken(
        dispute_id=item.dispute_id,
        kind=item.kind.value,
        micros=item.micros if item.kind is DecisionKind.PARTIAL else None,
        note=item.note,
        findings=findings,
        version=item.version,
        clawback_micros=None if refuses else item.clawback_micros,
        window=window,
    )


def _form_refusal(item: DecisionItem, settings: DisputeSettings | None) -> Refusal | None:
    if settings is None:
        return NotFound()
    if item.kind.value not in settings.decisions:
        return errors.DecisionNotOffered()
    if item.kind.value in settings.note_required and not item.note.strip():
        return errors.ExplanationRequired()
    return None
