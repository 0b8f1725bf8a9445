"""Changes an open dispute; what concerns the claim changes before a decision alone, and the rules run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import EditItem, SubmitItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Dispute
from makegood.disputes.operations.steps import run_step
from makegood.disputes.policy import CLAIM, Phase, Severity
from makegood.disputes.selectors.offer import check_explained, offer_of
from makegood.disputes.selectors.policies import PolicyInForce, policy_of_version
from makegood.disputes.selectors.verdicts import judged
from makegood.disputes.states import UNDECIDED, Origin, Stage
from makegood.kernel.answers import Answer
from makegood.kernel.money import format_money
from makegood.ledger.selectors import balance_of
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

CLAIMED = frozenset({"reason", "type", "amount_micros"})
"""What was asked for, and why: it changes before a decision of the round."""
EDITABLE = CLAIMED | {"description", "resolution"}
_PHASES: Mapping[str, frozenset[Phase]] = {
    "reason": frozenset({Phase.REASON, Phase.EVIDENCE}),
    "description": frozenset({Phase.REASON}),
    "amount_micros": frozenset({Phase.AMOUNT}),
}


def edit(principal: Principal, *, items: Sequence[EditItem]) -> list[Answer]:
    """Change ``reason``, ``type`` or ``amount_micros`` before a decision, ``description`` or ``resolution`` while open.

    The rules of the version the dispute was filed under run again: a rule about something that changes has to pass,
    any other only where it passed before. Whoever decides never edits. Refusals per item: NOT_FOUND, WRONG_STAGE,
    ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH, FIELD_NOT_EDITABLE, NOT_FOR_DECIDERS, REASON_REQUIRED,
    EXPLANATION_REQUIRED, UNKNOWN_TYPE, UNKNOWN_RESOLUTION, AMOUNT_NOT_POSITIVE, AMOUNT_EXCEEDS_REMAINING, and the code
    of the first rule of the claim that blocks. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)

    def apply(dispute: Dispute, item: EditItem) -> Mapping[str, Any]:
        if principal.can(Verb.DISPUTE_DECIDE):
            raise errors.NotForDeciders()
        return _apply(dispute, item.changes)

    return run_step(principal, Step.EDIT, items, apply)


def _apply(dispute: Dispute, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    for field in sorted(set(changes) - EDITABLE):
        raise errors.FieldNotEditable(field=field)
    for field in sorted(set(changes) & CLAIMED):
        if Stage(dispute.stage) not in UNDECIDED:
            raise errors.FieldNotEditable(field=field)
    policy = policy_of_version(dispute.policy_version_id) if dispute.policy_version_id is not None else None
    before, claim_before = _words(dispute), _claim(dispute)
    _set(dispute, changes, policy)
    if policy is not None:
        _judge(dispute, policy, claim_before, changes)
    after = _words(dispute)
    told = [field for field in before if field in changes or before[field] != after[field]]
    return {"before": {field: before[field] for field in told}, "after": {field: after[field] for field in told}}


def _words(dispute: Dispute) -> dict[str, Any]:
    return {
        "reason": dispute.reason.code if dispute.reason else "",
        "type": dispute.type,
        "description": dispute.description,
        "amount_micros": dispute.amount_micros,
        "resolution": dispute.resolution.code if dispute.resolution else "",
    }


def _claim(dispute: Dispute) -> SubmitItem:
    reason = dispute.reason.code if dispute.reason else ""
    return SubmitItem(dispute.charge_id, reason, dispute.description, dispute.amount_micros)


def _set(dispute: Dispute, changes: Mapping[str, Any], policy: PolicyInForce | None) -> None:
    """Put the changes into the dispute. Raises the refusal of the first that cannot be."""
    offer = offer_of(dispute.program_id, policy.rules if policy else ())
    if "reason" in changes:
        dispute.reason_id = offer.reason_id(_code(changes, "reason"))
    if {"reason", "type"} & set(changes):
        dispute.type = offer.type_of(_code(changes, "type"), dispute.reason)
    if "description" in changes:
        dispute.description = str(changes["description"]).strip()
    if {"reason", "description"} & set(changes):
        check_explained(dispute.reason, dispute.description)
    if "resolution" in changes:
        dispute.resolution_id = offer.resolution_id(_code(changes, "resolution"))
    if "amount_micros" in changes:
        dispute.amount_micros = _amount(dispute, int(changes["amount_micros"]), offer.least_micros)


def _code(changes: Mapping[str, Any], field: str) -> str:
    """A code among the changes; nothing takes it away."""
    return str(changes.get(field) or "")


def _amount(dispute: Dispute, asked: int, least: int) -> int:
    if asked < least:
        raise errors.AmountNotPositive()
    remaining = balance_of(dispute.charge_id).remaining_micros
    if asked > remaining:
        raise errors.AmountExceedsRemaining(remaining=format_money(remaining, dispute.currency))
    return asked


def _judge(dispute: Dispute, policy: PolicyInForce, before: SubmitItem, changes: Mapping[str, Any]) -> None:
    """Raise the refusal of the first rule that the changed claim breaks."""
    after = _claim(dispute)
    if after == before:
        return
    origin = Origin(dispute.origin)
    then = judged(policy, [before], CLAIM, origin)[dispute.charge_id]
    now = judged(policy, [after], CLAIM, origin)[dispute.charge_id]
    asked = frozenset[Phase]().union(*(_PHASES.get(field, frozenset()) for field in changes))
    rules = [rule for rule in policy.rules if rule.phase in CLAIM]
    stops = {Severity.BLOCK.value} | ({Severity.OVERRIDE.value} if not dispute.override_cause else set())
    broken = [
        result
        for rule, was, result in zip(rules, then.rules, now.rules, strict=True)
        if not result.passed and result.severity in stops and (was.passed or rule.phase in asked)
    ]
    for result in sorted(broken, key=lambda one: one.severity != Severity.BLOCK):
        raise errors.BlockedByRule(result.code, result.message, would_pass_if=result.would_pass_if, policy=policy.label)
