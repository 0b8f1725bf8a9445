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
from makegood.disputes.selectors.exhibits import exhibits_of
from makegood.disputes.selectors.offer import Offer, check_explained, check_shown, offer_of
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
    any other only where it passed before. Refusals per item: NOT_FOUND, WRONG_STAGE, DECISION_PENDING,
    ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH, FIELD_NOT_EDITABLE, REASON_REQUIRED, EXPLANATION_REQUIRED,
    EVIDENCE_REQUIRED, UNKNOWN_TYPE, UNKNOWN_RESOLUTION, AMOUNT_NOT_WHOLE, AMOUNT_NOT_POSITIVE,
    AMOUNT_EXCEEDS_REMAINING, and the code of the first rule of the claim that blocks. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_EDIT)
    return run_step(principal, Step.EDIT, items, lambda dispute, item: _apply(dispute, item.changes))


def _apply(dispute: Dispute, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    for field in sorted(set(changes) - EDITABLE):
        raise errors.FieldNotEditable(field=field)
    if set(changes) & CLAIMED and Stage(dispute.stage) not in UNDECIDED:
        raise errors.AlreadyDecided(number=str(dispute))
    policy = policy_of_version(dispute.policy_version_id) if dispute.policy_version_id is not None else None
    offer = offer_of(dispute.program_id, policy.rules if policy else (), dispute.program.settings)
    before, claim_before = _words(dispute, offer), _claim(dispute, offer)
    _set(dispute, changes, offer)
    if policy is not None:
        _judge(dispute, policy, claim_before, _claim(dispute, offer), changes)
    after = _words(dispute, offer)
    told = [field for field in before if field in changes or before[field] != after[field]]
    return {"before": {field: before[field] for field in told}, "after": {field: after[field] for field in told}}


def _reason(dispute: Dispute, offer: Offer) -> str:
    return offer.known[dispute.reason_id].code if dispute.reason_id else ""


def _words(dispute: Dispute, offer: Offer) -> dict[str, Any]:
    return {
        "reason": _reason(dispute, offer),
        "type": dispute.type,
        "description": dispute.description,
        "amount_micros": dispute.amount_micros,
        "resolution": dispute.resolution.code if dispute.resolution else "",
    }


def _claim(dispute: Dispute, offer: Offer) -> SubmitItem:
    return SubmitItem(dispute.charge_id, _reason(dispute, offer), dispute.description, dispute.amount_micros)


def _set(dispute: Dispute, changes: Mapping[str, Any], offer: Offer) -> None:
    """Put the changes into the dispute. Raises the refusal of the first that cannot be."""
    if "reason" in changes:
        dispute.reason_id = offer.reason_id(_code(changes, "reason"))
    reason = offer.known[dispute.reason_id] if dispute.reason_id else None
    if {"reason", "type"} & set(changes):
        dispute.type = offer.type_of(_code(changes, "type"), reason)
    if "description" in changes:
        dispute.description = str(changes["description"])
    if {"reason", "description"} & set(changes):
        check_explained(reason, dispute.description)
    if "reason" in changes:
        check_shown(reason, len(exhibits_of(dispute.pk)))
    if "resolution" in changes:
        dispute.resolution_id = offer.resolution_id(_code(changes, "resolution"))
    if "amount_micros" in changes:
        dispute.amount_micros = _amount(dispute, changes["amount_micros"], offer.least_micros)


def _code(changes: Mapping[str, Any], field: str) -> str:
    """A code among the changes; nothing takes it away."""
    return str(changes.get(field) or "")


def _amount(dispute: Dispute, asked: object, least: int) -> int:
    if not isinstance(asked, int) or isinstance(asked, bool):
        raise errors.AmountNotWhole()
    if asked < least:
        raise errors.AmountNotPositive()
    remaining = balance_of(dispute.charge_id).remaining_micros
    if asked > remaining:
        raise errors.AmountExceedsRemaining(remaining=format_money(remaining, dispute.currency))
    return asked


def _judge(
    dispute: Dispute, policy: PolicyInForce, before: SubmitItem, after: SubmitItem, changes: Mapping[str, Any]
) -> None:
    """Raise the refusal of the first rule that the changed claim breaks."""
    if after == before:
        return
    origin = Origin(dispute.origin)
    stops = {Severity.BLOCK.value} | ({Severity.OVERRIDE.value} if not dispute.override_cause else set())
    asked = frozenset[Phase]().union(*(_PHASES.get(field, frozenset()) for field in changes))
    rules = [rule for rule in policy.rules if rule.phase in CLAIM]
    files = exhibits_of(dispute.pk)
    now = judged(policy, [after], CLAIM, origin, attached={after: files})[dispute.charge_id].rules
    broken = [place for place, result in enumerate(now) if not result.passed and result.severity in stops]
    if any(rules[place].phase not in asked for place in broken):
        # Of what is not about the changes, only what passed before counts.
        then = judged(policy, [before], CLAIM, origin, attached={before: files})[dispute.charge_id].rules
        broken = [place for place in broken if rules[place].phase in asked or then[place].passed]
    for result in sorted((now[place] for place in broken), key=lambda one: one.severity != Severity.BLOCK):
        raise errors.BlockedByRule(result.code, result.message, would_pass_if=result.would_pass_if, policy=policy.label)
