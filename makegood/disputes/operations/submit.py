"""Files disputes: the verdict, the amount and the one-open rule judged, written and journaled in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from makegood.billing.selectors import charges_visible_to
from makegood.disputes import errors
from makegood.disputes.eligibility import masks_of, verdict_of
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Reason
from makegood.disputes.operations.batch import fetch, run_batch, stored_once
from makegood.disputes.policy import compile_policy
from makegood.disputes.selectors.policies import PolicyInForce, moment, policy_in_force
from makegood.disputes.states import Origin
from makegood.journal.operations import actor_parameters
from makegood.kernel import clock, ids, sql
from makegood.kernel.answers import Answer, at_places, in_order
from makegood.kernel.errors import Refusal
from makegood.kernel.money import format_money
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def submit(
    principal: Principal,
    *,
    items: Sequence[SubmitItem],
    origin: Origin = Origin.BUYER,
    key: str | None = None,
) -> list[Answer]:
    """File one dispute per item; a draft named by an item becomes that dispute.

    Answers carry ``number``, ``amount_micros`` and ``currency``. Refusals per item: NOT_FOUND, REASON_REQUIRED,
    EXPLANATION_REQUIRED, ALREADY_DISPUTED, AMOUNT_EXCEEDS_REMAINING, AMOUNT_NOT_POSITIVE, CONFLICT, POLICY_MISSING,
    and the code of the policy's headline rule. Raises NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.DISPUTE_CREATE)

    def body() -> dict[str, Any]:
        return {"items": [asdict(item) for item in items], "origin": origin}

    return stored_once(
        principal, key=key, path="disputes.submit", body=body, run=lambda: _submit(principal, items, origin)
    )


def _submit(principal: Principal, items: Sequence[SubmitItem], origin: Origin) -> list[Answer]:
    programs = dict(
        charges_visible_to(principal).filter(id__in={item.charge_id for item in items}).values_list("id", "program_id")
    )
    answers: dict[int, Answer] = {}
    groups: dict[int, list[int]] = {}
    for ordinal, item in enumerate(items):
        if item.charge_id in programs:
            groups.setdefault(programs[item.charge_id], []).append(ordinal)
        else:
            answers[ordinal] = Answer.refused(ordinal, NotFound())
    for program_id, ordinals in groups.items():
        part = _submit_in(principal, program_id, [items[o] for o in ordinals], origin)
        answers.update(at_places(part, ordinals))
    return in_order(answers)


def _submit_in(principal: Principal, program_id: int, items: Sequence[SubmitItem], origin: Origin) -> list[Answer]:
    policy = policy_in_force(program_id, clock.now())
    if isinstance(policy, errors.PolicyMissing):
        return [Answer.refused(ordinal, policy) for ordinal in range(len(items))]
    reasons = {reason.code: reason for reason in Reason.objects.filter(program_id=program_id, is_active=True)}
    answers: dict[int, Answer] = {}
    for ordinal, item in enumerate(items):
        refused = _claim_refusal(item, reasons)
        if refused is not None:
            answers[ordinal] = Answer.refused(ordinal, refused)
    asked = [ordinal for ordinal in range(len(items)) if ordinal not in answers]
    if asked:
        batch = [items[ordinal] for ordinal in asked]
        judged = run_batch(batch, lambda part: _statement(principal, policy, reasons, part, origin))
        answers.update(at_places(judged, asked))
    return in_order(answers)


def _claim_refusal(item: SubmitItem, reasons: dict[str, Reason]) -> Refusal | None:
    if item.reason not in reasons:
        return errors.ReasonRequired()
    if len(item.description.strip()) < reasons[item.reason].min_explanation_chars:
        return errors.ExplanationRequired()
    if item.amount_micros is not None and item.amount_micros <= 0:
        return errors.AmountNotPositive()
    return None


def _statement(
    principal: Principal,
    policy: PolicyInForce,
    reasons: dict[str, Reason],
    items: Sequence[SubmitItem],
    origin: Origin,
) -> list[Answer]:
    compiled = compile_policy(policy.rules, moment())
    block, override = masks_of(policy.rules)
    may_override = principal.can(Verb.DISPUTE_OVERRIDE)
    rows = fetch(
        sql.spliced("disputes.submit", compiled.fragments),
        {
            "charge_ids": [item.charge_id for item in items],
            "asked": [item.amount_micros for item in items],
            "reason_ids": [reasons[item.reason].pk for item in items],
            "reason_codes": [item.reason for item in items],
            "descriptions": [item.description.strip() for item in items],
            "causes": [item.override_cause.strip() for item in items],
            "files": [0] * len(items),
            "public_ids": [ids.ulid("dsp") for _ in items],
            "draft_ids": [item.draft_id for item in items],
            "block_mask": block,
            "override_mask": override,
            "may_override": may_override,
            "policy_version_id": policy.id,
            "policy": policy.label,
            "origin": origin.value,
            **compiled.params,
            **actor_parameters(principal),
        },
    )
    return [_answer(row, policy, items[row[0] - 1], may_override=may_override) for row in rows]


def _answer(row: tuple[Any, ...], policy: PolicyInForce, item: SubmitItem, *, may_override: bool) -> Answer:
    number, dispute_id, label, amount, currency, remaining, fail, missing, facts, first = row
    ordinal = number - 1
    if dispute_id is not None:
        data = {"number": label, "amount_micros": amount, "currency": currency}
        return Answer(ordinal, ok=True, id=dispute_id, data=data)
    if not first:
        return Answer.refused(ordinal, errors.AlreadyDisputed())
    block, override = masks_of(policy.rules)
    overridden = may_override and bool(item.override_cause.strip())
    if fail & block or (fail & override and not overridden):
        facts = facts if isinstance(facts, dict) else json.loads(facts)
        verdict = verdict_of(policy.label, policy.rules, fail, facts, clock.now(), missing_mask=missing)
        headline = verdict.headline
        if headline is not None:
            data = {"would_pass_if": headline.would_pass_if, "policy": policy.label}
            return Answer(ordinal, ok=False, code=headline.code, message=headline.message, data=data)
    if (item.amount_micros or 1) > remaining:
        return Answer.refused(ordinal, errors.AmountExceedsRemaining(remaining=format_money(remaining, currency)))
    # A draft that is gone, or is somebody else's, says so; it is no open dispute.
    return Answer.refused(ordinal, errors.AlreadyDisputed() if item.draft_id is None else errors.Conflict())
