"""Verdicts: what the rules of a policy say of one charge, with reasons a person can read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from makegood.disputes.policy import CLAIM, Facts, Phase, Rule, Severity

CHARGE_PHASES = frozenset({Phase.CHARGE})
FILING_PHASES = CHARGE_PHASES | CLAIM
"""What the person who files is told."""
ALL_PHASES = frozenset(Phase)
"""What a reviewer is told besides: hints, and what the system would do."""

OK, WARNED, OVERRIDABLE, BLOCKED = "ok", "warned", "overridable", "blocked"


class RuleResult(NamedTuple):
    """What one rule says: the machine code, the fact, the limit, the sentence, and the way out.

    A page has hundreds of them, and a tuple is made fastest.
    """

    code: str
    severity: str
    passed: bool
    fact: Mapping[str, Any]
    limit: Mapping[str, Any]
    message: str
    would_pass_if: str
    suggests: str = ""


STANDING = (Severity.BLOCK, Severity.OVERRIDE, Severity.WARN)
"""What stands in the way or warns; what rules say beside it is for the reviewer or the system."""


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
        """Every rule that stands in the way or warns, in the policy's order."""
        return tuple(rule for rule in self.rules if not rule.passed and rule.severity in STANDING)

    @property
    def in_the_way(self) -> tuple[RuleResult, ...]:
        """Every rule that refuses a claim, or does so unless it is overridden, in the policy's order."""
        return tuple(rule for rule in self.failing if rule.severity in {Severity.BLOCK, Severity.OVERRIDE})

    @property
    def advice(self) -> tuple[RuleResult, ...]:
        """Every rule that speaks to the reviewer or the system: it recommends, grants or routes."""
        return tuple(rule for rule in self.rules if not rule.passed and rule.severity not in STANDING)

    @property
    def headline(self) -> RuleResult | None:
        """The first failing rule of the hardest severity; None when everything passes."""
        for severity in STANDING:
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


def granting(rules: Sequence[Rule], mask: int) -> tuple[int, ...]:
    """The places of the rules that would grant what the mask stands for, in order; each has a budget."""
    return tuple(n for n, rule in enumerate(rules) if mask >> n & 1 and rule.severity is Severity.AUTO_ACCEPT)


def suggestion_of(rules: Sequence[Rule], mask: int, facts: Facts, at: datetime) -> dict[str, Any] | None:
    """What a reviewer is offered: the first rule that speaks and recommends, or would grant but for its budget.

    Keys ``decision`` (accept, reject), ``code``, ``place`` and ``message``; None when nothing is recommended.
    """
    for n, rule in enumerate(rules):
        if mask >> n & 1 and rule.severity in {Severity.RECOMMEND, Severity.AUTO_ACCEPT} and rule.suggests:
            said = rule.message(facts_of(facts, n), at)
            return {"decision": rule.suggests, "code": rule.code, "place": n, "message": said}
    return None


def queue_of(rules: Sequence[Rule], mask: int) -> str:
    """The queue the first routing rule that speaks names; empty when none does."""
    routing = (r.queue for n, r in enumerate(rules) if mask >> n & 1 and r.severity is Severity.ROUTE)
    return next(routing, "")


def facts_of(facts: Facts, place: int) -> Facts:
    """What one rule speaks of: the shared facts, and its own over them."""
    own = facts.get(f"r{place}")
    return {**facts, **own} if own else facts


@dataclass(frozen=True)
class Judge:
    """A rule at its place, with what every verdict says of it anyway."""

    place: int
    rule: Rule
    severity: str
    limit: Mapping[str, Any]
    facts: tuple[str, ...]
    closes: bool


@lru_cache(maxsize=256)
def judges_of(rules: tuple[Rule, ...], phases: frozenset[Phase]) -> tuple[Judge, ...]:
    """The rules of some phases, made ready for many verdicts."""
    return tuple(
        Judge(n, r, r.severity.value, r.parameters(), tuple(r.facts), type(r).closes_at is not Rule.closes_at)
        for n, r in enumerate(rules)
        if r.phase in phases
    )


def _result(judge: Judge, fail_mask: int, missing_mask: int, facts: Facts, at: datetime) -> RuleResult:
    rule, place = judge.rule, judge.place
    failed = bool(fail_mask >> place & 1)
    # Of a hint there is nothing to say when what it looks for is not known.
    unknown = bool(missing_mask >> place & 1) and not rule.is_hint
    shown = {name: facts[name] for name in judge.facts if name in facts}
    if own := facts.get(f"r{place}"):
        shown.update(own)
        facts = {**facts, **own}
    return RuleResult(
        code=rule.code,
        severity=Severity.WARN.value if unknown and not failed else judge.severity,
        passed=not failed and not unknown,
        fact=shown,
        limit=judge.limit,
        message=rule.message(facts, at) if failed or unknown else "",
        would_pass_if=rule.would_pass_if(facts, at) if failed or unknown else "",
        suggests=rule.suggests if failed else "",
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
    return verdict_by(judges_of(tuple(rules), phases), policy, fail_mask, facts, at, missing_mask=missing_mask)


def verdict_by(
    judges: Sequence[Judge], policy: str, fail_mask: int, facts: Facts, at: datetime, *, missing_mask: int = 0
) -> Verdict:
    """The same for rules that are ready.

    A rule whose bit stands speaks: ``passed`` is false for a condition that is not met and for a hint that found
    something.
    """
    results = tuple(_result(judge, fail_mask, missing_mask, facts, at) for judge in judges)
    failing = {result.severity for result in results if not result.passed}
    if Severity.BLOCK in failing:
        outcome = BLOCKED
    elif Severity.OVERRIDE in failing:
        outcome = OVERRIDABLE
    else:
        outcome = WARNED if Severity.WARN in failing else OK
    closing = ((judge.place, judge.rule) for judge in judges if judge.closes)
    ends = [end for place, rule in closing if (end := rule.closes_at(facts_of(facts, place))) is not None]
    return Verdict(policy, at, outcome, results, min(ends, default=None))


def barred(verdict: Verdict, code: str, message: str) -> Verdict:
    """The same verdict under a bar that no policy lifts."""
    bar = RuleResult(code, Severity.BLOCK.value, passed=False, fact={}, limit={}, message=message, would_pass_if="")
    return replace(verdict, result=BLOCKED, rules=(bar, *verdict.rules), closes_at=None)


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


def thawed(stored: Mapping[str, Any], rules: Sequence[Rule], phases: frozenset[Phase] = ALL_PHASES) -> Verdict:
    """The verdict that was frozen with a dispute."""
    return verdict_of(
        stored["policy"],
        rules,
        int(stored["fail_mask"]),
        stored["facts"],
        datetime.fromisoformat(stored["at"]),
        missing_mask=int(stored.get("missing_mask", 0)),
        phases=phases,
    )
