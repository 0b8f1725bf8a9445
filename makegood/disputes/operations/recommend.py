"""Keeps decisions above their author's limit until a second person signs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import AdjustItem, DecisionItem, Prepared, Ref
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.locks import locked_with_balances
from makegood.disputes.models import Dispute, Recommendation
from makegood.disputes.operations.adjust import adjust
from makegood.disputes.operations.batch import stored_once
from makegood.disputes.operations.decide import decide, prepared_decisions
from makegood.disputes.operations.hearing import misheard
from makegood.disputes.operations.lease import lease_end
from makegood.disputes.operations.steps import forget_recommendation, run_step
from makegood.disputes.operations.turns import keep_skips
from makegood.disputes.selectors.effects import EffectLine, weighed
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionKind, Door, RecommendationState
from makegood.kernel import clock, ids
from makegood.kernel.answers import Answer, at_places, in_order
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def decide_or_recommend(
    principal: Principal, *, items: Sequence[DecisionItem], door: Door = Door.DESK, key: str | None = None
) -> list[Answer]:
    """Decide what is within one's limit, and recommend the rest; one answer per item.

    Answers are those of ``decide`` with ``state`` held or committed, or those of ``recommend``. Refusals per item:
    those of both, without OVER_LIMIT where a person asks. Raises NotPermitted, and KeyReused for a key with another
    body.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items], "door": door}

    return stored_once(
        principal, key=key, path="disputes.decide_or_recommend", body=body, run=lambda: _either(principal, items, door)
    )


def _either(principal: Principal, items: Sequence[DecisionItem], door: Door) -> list[Answer]:
    answers = {answer.ordinal: _held(answer) for answer in decide(principal, items=items, door=door)}
    above = [place for place, answer in answers.items() if answer.code == errors.OverLimit.code]
    if principal.id is not None and above:
        answers |= at_places(recommend(principal, items=[items[place] for place in above]), above)
    return in_order(answers)


def _held(answer: Answer) -> Answer:
    if not answer.ok:
        return answer
    state = "held" if answer.data["commit_after"] > clock.now() else "committed"
    return replace(answer, data={**answer.data, "state": state})


def adjust_or_recommend(principal: Principal, *, items: Sequence[AdjustItem]) -> list[Answer]:
    """Credit at once what is within one's limit, and recommend the rest; one answer per item.

    What is signed is held with the undo window of the desk, and no longer credited at once. A label that should come
    with a credit cannot wait: with one, above the limit is refused. Answers are those of ``adjust``, or those of
    ``recommend``. Refusals per item: those of both. Raises NotPermitted.
    """
    answers = {answer.ordinal: answer for answer in adjust(principal, items=items)}
    above = [
        place
        for place, answer in answers.items()
        if answer.code == errors.OverLimit.code and principal.id is not None and not items[place].resolution
    ]
    if above:
        wanted = [items[place] for place in above]
        found = disputes_visible_to(principal).filter(pk__in=[item.dispute_id for item in wanted])
        asked = dict(found.values_list("pk", "amount_micros"))
        decisions = [_as_decision(item, asked.get(item.dispute_id, 0)) for item in wanted]
        answers |= at_places(recommend(principal, items=decisions), above)
    return in_order(answers)


def _as_decision(item: AdjustItem, asked: int) -> DecisionItem:
    whole = item.micros >= asked
    return DecisionItem(
        item.dispute_id,
        DecisionKind.ACCEPT if whole else DecisionKind.PARTIAL,
        None if whole else item.micros,
        item.note,
        version=item.version,
        clawback_micros=item.clawback_micros,
        cause=item.cause,
    )


@transaction.atomic
def recommend(principal: Principal, *, items: Sequence[DecisionItem]) -> list[Answer]:
    """Keep decisions above one's own limit for somebody else's signature; nothing is held and nobody outside hears.

    The dispute is in review with its author until it is answered, and cannot be decided by hand meanwhile. Answers
    carry ``number``, ``version``, ``stage``, ``state`` (recommended), ``recommendation`` (its public id),
    ``credit_micros``, ``currency``. Refusals per item: those of ``decide`` but for OVER_LIMIT, and WITHIN_LIMIT,
    RECOMMENDED, PERSON_REQUIRED. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)
    if principal.id is None:
        return [Answer.refused(n, errors.PersonRequired(), id=item.dispute_id) for n, item in enumerate(items)]
    answers = misheard(principal, items)
    heard = [place for place in range(len(items)) if place not in answers]
    prepared = prepared_decisions(principal, [items[place] for place in heard], Door.DESK)
    answers |= at_places(prepared.refused.values(), heard)
    locked_with_balances(one.dispute_id for one in prepared.batch)
    lines = [(heard[place], line) for place, line in zip(prepared.going, _judged(principal, prepared), strict=True)]
    answers |= {place: _refused(place, line) for place, line in lines if line.code}
    going = [(place, line) for place, line in lines if not line.code]
    written = _write(principal, [(items[place], line) for place, line in going])
    keep_skips(principal, prepared.skips, written, "recommend")
    return in_order(answers | at_places(written, [place for place, _ in going]))


def _refused(place: int, line: EffectLine) -> Answer:
    return Answer(place, ok=False, id=line.dispute_id, code=line.code, message=line.message)


def _judged(principal: Principal, prepared: Prepared) -> list[EffectLine]:
    """What each decision comes to without the limit; refused where it is wrong anyway, or within the limit."""
    lifted = replace(principal, verbs=principal.verbs | {Verb.DISPUTE_DECIDE_OVER_LIMIT})
    lines = weighed(lifted, prepared.batch)
    limited = weighed(principal, prepared.batch)
    return [line if line.code or own.code else _within(line) for line, own in zip(lines, limited, strict=True)]


def _within(line: EffectLine) -> EffectLine:
    refusal = errors.WithinLimit(number=line.number)
    return replace(line, code=refusal.code, message=refusal.message)


def _write(principal: Principal, going: Sequence[tuple[DecisionItem, EffectLine]]) -> list[Answer]:
    kept: dict[int, Recommendation] = {}
    credits = {line.dispute_id: line.credit_micros for _, line in going}

    def apply(dispute: Dispute, item: DecisionItem) -> Mapping[str, Any]:
        if dispute.waits_for_signature:
            raise errors.Recommended(number=str(dispute))
        kept[dispute.pk] = row = _row(principal, dispute, item, credits[dispute.pk])
        dispute.assignee_id = principal.id
        dispute.claimed_until = None
        dispute.waits_for_signature = True
        return _facts(dispute, row)

    answers = run_step(principal, Step.RECOMMEND, [item for item, _ in going], apply)
    return [replace(answer, data={**answer.data, **_told(kept[answer.id])}) if answer.ok and answer.id else answer
            for answer in answers]  # fmt: skip


def _row(principal: Principal, dispute: Dispute, item: DecisionItem, credit: int) -> Recommendation:
    refuses = item.kind is DecisionKind.REJECT
    return Recommendation.objects.create(
        dispute=dispute,
        public_id=ids.ulid("rcm"),
        round=dispute.round,
        kind=item.kind,
        micros=item.micros if item.kind is DecisionKind.PARTIAL else None,
        clawback_micros=None if refuses else item.clawback_micros,
        findings=list(item.findings),
        heard=[asdict(one) for one in item.heard],
        note=item.note.strip(),
        credit_micros=credit,
        version=dispute.lock_version + 1,
        by_id=principal.id or 0,
        at=clock.now(),
        state=RecommendationState.WAITING,
    )


def _facts(dispute: Dispute, row: Recommendation) -> dict[str, Any]:
    return {
        "charge_id": dispute.charge_id,
        "round": dispute.round,
        "recommendation": row.public_id,
        "kind": str(row.kind),
        "micros": row.credit_micros,
        "currency": dispute.currency,
        "author": row.by_id,
    }


def _told(row: Recommendation) -> dict[str, Any]:
    return {
        "state": "recommended",
        "recommendation": row.public_id,
        "credit_micros": row.credit_micros,
        "currency": row.dispute.currency,
    }


def withdraw_recommendation(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Take one's own decisions back before somebody signs them; the disputes stay in one's hands for a lease.

    Refusals per item: NOT_FOUND, WRONG_STAGE, ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH, NOTHING_TO_SIGN,
    NOT_YOURS. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def apply(dispute: Dispute, item: Ref) -> Mapping[str, Any]:
        waiting = Recommendation.objects.filter(dispute=dispute, state=RecommendationState.WAITING).first()
        if waiting is None:
            raise errors.NothingToSign(number=str(dispute))
        if waiting.by_id != principal.id:
            raise errors.NotYours(number=str(dispute))
        forget_recommendation(dispute)
        dispute.claimed_until = lease_end(dispute)
        return {"recommendation": waiting.public_id}

    return run_step(principal, Step.WITHDRAW_RECOMMENDATION, items, apply)
