"""Rules as sentences: the same words on pages, in the reference, in the service and at the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from makegood.disputes.policy.base import Missing, Rule, RuleError, Severity
from makegood.disputes.policy.catalog import default_missing, parse_rule
from makegood.disputes.policy.naming import CODES, Naming
from makegood.disputes.policy.parameters import ORIGINS

STOPS = frozenset({Severity.BLOCK, Severity.OVERRIDE})

DOES: Mapping[Severity, str] = {
    Severity.BLOCK: "Block",
    Severity.OVERRIDE: "Block, unless a representative overrides it,",
    Severity.WARN: "Warn",
    Severity.AUTO_ACCEPT: "Accept without a person",
    Severity.RECOMMEND: "Point out to the reviewer",
    Severity.ROUTE: "Send",
}
"""How a sentence begins."""

_FILERS = Naming(dict(ORIGINS))


def sentence_of(rule: Rule, said: Naming = CODES) -> str:
    """``Block when it was received more than 96 hours (4 days) ago.``; what limits it and what is unknown follow."""
    scope = "".join(f", {part}" for part in _scope(rule, said))
    return f"{_does(rule)} when {rule.when(said)}{scope}.{_budget(rule, said)}{_unknown(rule)}"


def sentence_of_data(data: Mapping[str, Any], said: Naming = CODES) -> str:
    """The sentence of a rule as it is kept; one that cannot be read says so."""
    try:
        return sentence_of(parse_rule(data), said)
    except RuleError as error:
        return f"A rule that cannot be read: {error}."


def sentences_of(rules: Sequence[Mapping[str, Any]], said: Naming = CODES) -> list[str]:
    """The sentences of a version's rules, in order."""
    return [sentence_of_data(rule, said) for rule in rules]


def _does(rule: Rule) -> str:
    if rule.severity is Severity.ROUTE:
        return f'Send to the queue "{rule.queue}"'
    if rule.severity is Severity.RECOMMEND and rule.suggests:
        return f"Recommend to {rule.suggests}"
    return DOES[rule.severity]


def _scope(rule: Rule, said: Naming) -> Iterator[str]:
    gate = rule.gate
    if gate.reasons:
        yield f"with the reason {said.either(gate.reasons)}"
    if gate.categories:
        yield f"in {said.either(gate.categories)}"
    if gate.applies_to:
        yield f"for what came by {said.either(gate.applies_to)}"
    if gate.origins:
        yield f"filed by {_FILERS.either(gate.origins)}"


def _budget(rule: Rule, said: Naming) -> str:
    if rule.severity is not Severity.AUTO_ACCEPT or rule.budget is None:
        return ""
    limits = [] if rule.budget.count is None else [f"{rule.budget.count:,} times"]
    limits += [] if rule.budget.micros is None else [f"for {said.money(rule.budget.micros)}"]
    most = " and ".join(limits)
    return f" At most {most} per {rule.budget.per} and {rule.budget.period}; after that it only recommends."


_UNKNOWN: Mapping[Missing, str] = {
    Missing.FAIL: " What is not known counts as well.",
    Missing.PASS: " What is not known passes.",
    Missing.WARN: " What is not known only warns.",
}


def _unknown(rule: Rule) -> str:
    usual = default_missing(type(rule))
    return "" if rule.on_missing is usual else _UNKNOWN[rule.on_missing]
