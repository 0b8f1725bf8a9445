"""What is billable and what is not, as the programs that review leads say it in their own catalogs and policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from makegood.billing.selectors.programs import programs_met
from makegood.disputes.eligibility import CHARGE_PHASES
from makegood.disputes.errors import PolicyMissing
from makegood.disputes.models import Finding
from makegood.disputes.policy import Severity
from makegood.disputes.policy.settings import reviews_leads
from makegood.disputes.selectors.expected import Expected, expected_of
from makegood.disputes.selectors.guidelines import Guideline
from makegood.disputes.selectors.policies import policy_in_force
from makegood.disputes.selectors.reasons import reasons_on_offer
from makegood.kernel import clock
from makegood.parties.entries import Principal

_STOPS = frozenset({Severity.BLOCK, Severity.OVERRIDE})


@dataclass(frozen=True)
class Asked:
    """What is asked of a lead before it can be submitted: the code, the sentence (empty: the code says enough), and how
    the leads it is asked of came in (empty: however)."""

    code: str
    sentence: str
    channels: tuple[str, ...]


@dataclass(frozen=True)
class LeadGuidelines:
    """One program: what stays billable, what a lead can be submitted for, what reviewers find that makes it
    non-billable, what is asked of it before, and by when it is decided."""

    key: str
    name: str
    outcomes: Mapping[str, str]
    billable: tuple[Guideline, ...]
    non_billable: tuple[Guideline, ...]
    reasons: tuple[tuple[str, str], ...]
    asked: tuple[Asked, ...]
    expected: Expected


def lead_guidelines(principal: Principal) -> tuple[LeadGuidelines, ...]:
    """The programs that review leads, as far as somebody has to do with them, by name."""
    programs = [one for one in programs_met(principal).order_by("name", "pk") if reviews_leads(one.settings)]
    return tuple(_guidelines(one) for one in programs)


def _guidelines(program: Any) -> LeadGuidelines:
    rows = Finding.objects.filter(program=program, is_active=True).order_by("sort", "label", "pk")
    known = [Guideline(row.code, row.label, row.billable, row.guideline) for row in rows]
    offered = reasons_on_offer(clock.now(), program=program)
    return LeadGuidelines(
        program.key,
        program.name,
        program.settings.get("outcome_words") or {"accepted": "Non-billable", "rejected": "Billable"},
        tuple(one for one in known if one.billable),
        tuple(one for one in known if not one.billable),
        tuple((one.label, one.help) for one in offered),
        _asked(program.pk),
        expected_of(program.pk, program.settings, clock.now()),
    )


def _asked(program_id: int) -> tuple[Asked, ...]:
    policy = policy_in_force(program_id, clock.now())
    if isinstance(policy, PolicyMissing):
        return ()
    return tuple(
        Asked(rule.code, rule.asks(), rule.gate.applies_to)
        for rule in policy.rules
        if rule.phase in CHARGE_PHASES and rule.severity in _STOPS and not rule.is_hint
    )
