"""Changes an open dispute before it is decided; the rules run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import EditItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Dispute, Reason
from makegood.disputes.operations.steps import run_step
from makegood.disputes.policy.base import Facts
from makegood.disputes.selectors.policies import moment, policy_of_version
from makegood.disputes.states import UNDECIDED, Stage
from makegood.kernel.answers import Answer
from makegood.kernel.money import format_money
from makegood.ledger.selectors import balance_of
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

EDITABLE = frozenset({"reason", "description", "amount_micros"})


def edit(principal: Principal, *, items: Sequence[EditItem]) -> list[Answer]:
    """Change ``reason`` (code), ``description`` or ``amount_micros``; amount and reason only while undecided.

    Refusals per item: NOT_FOUND, WRONG_STAGE, ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH, FIELD_NOT_EDITABLE,
    REASON_REQUIRED, EXPLANATION_REQUIRED, AMOUNT_NOT_POSITIVE, AMOUNT_EXCEEDS_REMAINING, AMOUNT_NOT_FULL.
    Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    return run_step(principal, Step.EDIT, items, _apply)


def _apply(dispute: Dispute, item: EditItem) -> Mapping[str, Any]:
    for field in sorted(set(item.changes) - EDITABLE):
        raise errors.FieldNotEditable(field=field)
    for field in sorted(set(item.changes) & {"reason", "amount_micros"}):
        if Stage(dispute.stage) not in UNDECIDED:
            raise errors.FieldNotEditable(field=field)
    before: dict[str, Any] = {
        "reason": dispute.reason.code if dispute.reason else "",
        "description": dispute.description,
    }
    before["amount_micros"] = dispute.amount_micros
    if "reason" in item.changes:
        dispute.reason = _reason(dispute, str(item.changes["reason"]))
    if "description" in item.changes:
        dispute.description = str(item.changes["description"]).strip()
    if dispute.reason and len(dispute.description) < dispute.reason.min_explanation_chars:
        raise errors.ExplanationRequired()
    if "amount_micros" in item.changes:
        dispute.amount_micros = _amount(dispute, int(item.changes["amount_micros"]))
    return {
        "before": {field: before[field] for field in item.changes},
        "after": dict(item.changes),
    }


def _reason(dispute: Dispute, code: str) -> Reason:
    found = Reason.objects.filter(program_id=dispute.program_id, code=code, is_active=True).first()
    if found is None:
        raise errors.ReasonRequired()
    return found


def _amount(dispute: Dispute, asked: int) -> int:
    if asked <= 0:
        raise errors.AmountNotPositive()
    balance = balance_of(dispute.charge_id)
    remaining = balance.remaining_micros
    if asked > remaining:
        raise errors.AmountExceedsRemaining(remaining=format_money(remaining, dispute.currency))
    facts: Facts = {
        "billed_micros": balance.billed_micros,
        "held_micros": balance.held_micros,
        "credited_micros": balance.credited_micros,
        "asked_micros": asked,
        "remaining_micros": remaining,
        "currency": dispute.currency,
    }
    if dispute.policy_version_id is not None:
        for rule in policy_of_version(dispute.policy_version_id).rules:
            if rule.type == "amount_full" and not rule.reference(facts, moment()):
                raise errors.AmountNotFull(sentence=rule.message(facts, moment().now))
    return asked
