"""Verdicts: what the rules of a policy say of one charge, with reasons a person can read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.disputes.policy import CLAIM, Facts, Phase, Rule, Severity

CHARGE_PHASES = frozenset({Phase.CHARGE})
ALL_PHASES = frozenset({Phase.CHARGE}) | CLAIM

OK, WARNED, OVERRIDABLE, BLOCKED = "ok", "warned", "overridable", "blocked"


@dataclass(frozen=True)
class RuleResult:
    """What one rule says: the machine code, the fact, the limit, the sentence, and the way out."""

    code: str
    severity: str
    passed: bool
    fact: Mapping[str, Any]
    limit: Mapping[str, Any]
    message: str
    would_pass_if: str


@dataclass(frozen=True)
class Verdict:
    """What a policy says of one charge at ``at``; ``closes_at`` is when a charge that passes stops passing."""

    policy: str
    at: datetime
    result: str
    rules: tuple[RuleResult, ...]
    closes_at: datetime | None = None

    @property
    def failing(self) -> tuple[RuleResult, ...]:
        """Every rule that fails, in the policy's order."""
        return tuple(rule for rule in self.rules if not rule.passed)

    @property
    def headline(self) -> RuleResult | None:
        """The first failing rule of the hardest severity; None when everything passes."""
        for severity in (Severity.BLOCK, Severity.OVERRIDE, Severity.WARN):
            for rule in self.failing:
                if rule.severity == severity:
                    return rule
        return None

    @property
    def can_submit(self) -> bool:
        """Whether a buyer may file."""
        return self.result in {OK, WARNED}


def masks_of(rules: Sequence[Rule]) -> tuple[int, int]:
    """The bits of rules that block, and of rules that block unless overridden."""
    block = sum(1 << n for n, rule in enumerate(rules) if rule.severity is Severity.BLOCK)
    override = sum(1 << n for n, rule in enumerate(rules) if rule.severity is Severity.OVERRIDE)
    return block, override


def _result(rule: Rule, bit: int, fail_mask: int, missing_mask: int, facts: Facts, at: datetime) -> RuleResult:
    failed = bool(fail_mask & bit)
    unknown = bool(missing_mask & bit)
    shown = {name: facts[name] for name in rule.facts if name in facts}
    return RuleResult(
        code=rule.code,
        severity=Severity.WARN.value if unknown and not failed else rule.severity.value,
        passed=not failed and not unknown,
        fact=shown,
        limit=rule.limit(),
        message=rule.message(facts, at) if failed or unknown else "",
        would_pass_if=rule.would_pass_if(facts, at) if failed or unknown else "",
    )


def verdict_of(
    policy: str,
    rules: Sequence[Rule],
    fail_mask: int,
    facts: Facts,
    at: datetime,
    *,
    missing_mask: int = 0,
    phases: frozenset[Phase] = ALL_PHASES,
) -> Verdict:
    """The verdict that the masks of the compiled policy stand for. All failing rules are told."""
    judged = [(n, rule) for n, rule in enumerate(rules) if rule.phase in phases]
    results = tuple(_result(rule, 1 << n, fail_mask, missing_mask, facts, at) for n, rule in judged)
    failing = {result.severity for result in results if not result.passed}
    if Severity.BLOCK in failing:
        outcome = BLOCKED
    elif Severity.OVERRIDE in failing:
        outcome = OVERRIDABLE
    else:
        outcome = WARNED if Severity.WARN in failing else OK
    ends = [end for _, rule in judged if (end := rule.closes_at(facts)) is not None]
    return Verdict(policy, at, outcome, results, min(ends, default=None))


def frozen(policy: str, fail_mask: int, missing_mask: int, facts: Facts, at: datetime) -> dict[str, Any]:
    """What is kept with a dispute: mask, facts, policy version and time; sentences are rendered on read."""
    return {
        "policy": policy,
        "at": at.isoformat(),
        "fail_mask": fail_mask,
        "missing_mask": missing_mask,
        "facts": dict(facts),
        "templates": 1,
    }


def thawed(stored: Mapping[str, Any], rules: Sequence[Rule]) -> Verdict:
    """The verdict that was frozen with a dispute."""
    return verdict_of(
        stored["policy"],
        rules,
        int(stored["fail_mask"]),
        stored["facts"],
        datetime.fromisoformat(stored["at"]),
        missing_mask=int(stored.get("missing_mask", 0)),
    )
