"""Decides disputes: judged under lock, hold placed, undo window opened, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import DecisionItem, Prepared, Signing, Spoken
from makegood.disputes.operations.batch import run_batch, stored_once
from makegood.disputes.operations.commit import commit, open_accounts_for
from makegood.disputes.operations.hearing import keep_heard, misheard
from makegood.disputes.operations.judging import judge, judge_and_commit
from makegood.disputes.operations.turns import in_turn, keep_skips
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.deciding import cases_of
from makegood.disputes.states import DecisionKind, Door
from makegood.kernel import ids
from makegood.kernel.answers import Answer, accepted, at_places, in_order
from makegood.kernel.errors import Refusal
from makegood.kernel.prepared import FEW
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
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
    VERSION_MISMATCH, PERSON_REQUIRED, OTHER_REVIEWER, RECOMMENDED, CREDIT_LIVE, PARTIAL_OUT_OF_RANGE, OVER_LIMIT,
    AMOUNT_EXCEEDS_REMAINING, CLAWBACK_OUT_OF_RANGE, FINDING_UNKNOWN, NOTHING_TO_HEAR, HEARD_BEYOND_RECORDING, CONFLICT,
    OUT_OF_TURN for one that an older one waits before, unless its cause is given, which is kept and journaled.
    In a later round an acceptance is for what is left of what was asked. What was heard is kept with the decision, in
    one transaction. Raises NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items], "door": door}

    return stored_once(
        principal, key=key, path="disputes.decide", body=body, run=lambda: _decide(principal, items, door)
    )


def decided_by_two(principal: Principal, items: Sequence[DecisionItem], signing: Signing) -> list[Answer]:
    """Decisions of an author that the principal signs, with the undo window of the desk; inside a transaction."""
    return _decide(principal, items, Door.DESK, signing)


def _decide(
    principal: Principal, items: Sequence[DecisionItem], door: Door, signing: Signing | None = None
) -> list[Answer]:
    if not any(item.heard for item in items):
        return _judged(principal, items, door, signing)
    with transaction.atomic():
        refused = misheard(principal, items)
        going = [place for place in range(len(items)) if place not in refused]
        judged = at_places(_judged(principal, [items[place] for place in going], door, signing), going)
        answers = in_order(refused | judged)
        keep_heard(items, answers)
    return answers


def _judged(principal: Principal, items: Sequence[DecisionItem], door: Door, signing: Signing | None) -> list[Answer]:
    prepared = prepared_decisions(principal, items, door)
    if not prepared.skips:
        return _asked(principal, prepared, signing)
    with transaction.atomic():
        answers = _asked(principal, prepared, signing)
        keep_skips(principal, prepared.skips, answers, "decide")
    return answers


def _asked(principal: Principal, prepared: Prepared, signing: Signing | None) -> list[Answer]:
    windows = {one.dispute_id: one.window for one in prepared.batch}
    if all(windows.values()) or (len(prepared.batch) <= FEW and prepared.accounts_open):
        judged = run_batch(prepared.batch, lambda part: _in_one_go(principal, part, signing), by_itself=True)
        return in_order({**prepared.refused, **at_places(judged, prepared.going)})
    with transaction.atomic():
        judged = run_batch(prepared.batch, lambda part: judge(principal, part, ids.ulid("dec"), signing=signing))
        at_once = [a.id for a in accepted(judged) if a.id is not None and windows[a.id] == 0]
        if at_once:
            open_accounts_for(at_once, len(at_once))
            commit(at_once)
    return in_order({**prepared.refused, **at_places(judged, prepared.going)})


def _in_one_go(principal: Principal, batch: Sequence[Spoken], signing: Signing | None) -> list[Answer]:
    if not batch:
        return []
    if all(one.window for one in batch):
        return judge(principal, batch, ids.ulid("dec"), signing=signing)
    return judge_and_commit(principal, batch, ids.ulid("dec"), signing=signing)[0]


def prepared_decisions(principal: Principal, items: Sequence[DecisionItem], door: Door) -> Prepared:
    """What of the decisions reaches the statement that judges them; the rest is refused for its form."""
    named = {item.dispute_id: "" for item in items}
    cases = cases_of(principal, list(named.items()), (code for item in items for code in item.findings))
    answers: dict[int, Answer] = {}
    batch: dict[int, Spoken] = {}
    for ordinal, item in enumerate(items):
        case = cases.get(item.dispute_id)
        refused = _form_refusal(item, case.settings if case else None)
        if refused is None and case is not None:
            found = [case.findings[code] for code in item.findings if code in case.findings]
            batch[ordinal] = _spoken(item, found, case.settings.undo_seconds.get(door.value, 0))
        else:
            answers[ordinal] = Answer.refused(ordinal, refused or NotFound(), id=item.dispute_id)
    accounts_open = not any(case.accounts_missing for case in cases.values())
    in_order = any(case.settings.in_order for case in cases.values())
    prepared = Prepared(answers, tuple(batch), tuple(batch.values()), accounts_open, in_order=in_order)
    return in_turn(principal, prepared, items)


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
