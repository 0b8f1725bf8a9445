"""Decides disputes: judged under lock, hold placed, undo window opened, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import DecisionItem
from makegood.disputes.models import Finding
from makegood.disputes.operations.batch import fetch, run_batch, stored_once
from makegood.disputes.operations.commit import commit, open_accounts_for
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.effects import judgement_parameters
from makegood.disputes.selectors.refusals import refusal_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionKind, Door
from makegood.journal.operations import actor_parameters
from makegood.kernel import clock, ids, sql
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
    VERSION_MISMATCH, PERSON_REQUIRED, CREDIT_LIVE, PARTIAL_OUT_OF_RANGE, OVER_LIMIT, AMOUNT_EXCEEDS_REMAINING,
    CONFLICT. Raises NotPermitted, and KeyReused for a key with another body.
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
    for ordinal, item in enumerate(items):
        refused = _form_refusal(item, settings.get(program_of.get(item.dispute_id, 0)))
        if refused is None:
            going.append(ordinal)
        else:
            answers[ordinal] = Answer.refused(ordinal, refused, id=item.dispute_id)
    windows = {
        item.dispute_id: settings[program_of[item.dispute_id]].undo_seconds.get(door.value, 0)
        for item in (items[o] for o in going)
    }
    finding_ids = {
        o: [findings[key] for code in items[o].findings if (key := (program_of[items[o].dispute_id], code)) in findings]
        for o in going
    }
    batch = [(items[o], windows[items[o].dispute_id], finding_ids[o]) for o in going]
    with transaction.atomic():
        judged = run_batch(batch, lambda part: _statement(principal, part, ids.ulid("dec")))
        answers.update(at_places(judged, going))
        at_once = [a.id for a in accepted(answers.values()) if a.id is not None and windows[a.id] == 0]
        if at_once:
            open_accounts_for(at_once, len(at_once))
            commit(at_once)
    return in_order(answers)


def _form_refusal(item: DecisionItem, settings: DisputeSettings | None) -> Refusal | None:
    if settings is None:
        return NotFound()
    if item.kind.value not in settings.decisions:
        return errors.DecisionNotOffered()
    if item.kind.value in settings.note_required and not item.note.strip():
        return errors.ExplanationRequired()
    return None


def _statement(principal: Principal, batch: Sequence[tuple[DecisionItem, int, list[int]]], label: str) -> list[Answer]:
    now = clock.now()
    rows = fetch(
        sql.load("disputes.decide"),
        {
            "dispute_ids": [item.dispute_id for item, _, _ in batch],
            "kinds": [item.kind.value for item, _, _ in batch],
            "micros": [item.micros if item.kind is DecisionKind.PARTIAL else None for item, _, _ in batch],
            "notes": [item.note.strip() for item, _, _ in batch],
            "findings": ["{" + ",".join(map(str, found)) + "}" for _, _, found in batch],
            "versions": [item.version for item, _, _ in batch],
            "commit_afters": [now + timedelta(seconds=window) for _, window, _ in batch],
            "batch": label,
            **judgement_parameters(principal),
            **actor_parameters(principal),
            "at": now,
        },
    )
    return [_answer(row, principal.max_decision_micros) for row in rows]


def _answer(row: tuple[Any, ...], limits: Mapping[str, int]) -> Answer:
    ordinal, dispute_id, label, code, stage, asked, decided, remaining, currency, commit_after, version = row
    if not code:
        data = {
            "number": label,
            "decided_micros": decided,
            "currency": currency,
            "commit_after": commit_after,
            "version": version,
        }
        return Answer(ordinal - 1, ok=True, id=dispute_id, data=data)
    refusal = refusal_of(
        code,
        number=label or "This dispute",
        stage=stage or "",
        currency=currency or "USD",
        asked=asked or 0,
        remaining=remaining or 0,
        limit=limits.get(currency or "", 0),
    )
    return Answer.refused(ordinal - 1, refusal, id=dispute_id)
