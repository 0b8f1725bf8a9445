"""Every rule type by name, and how a rule is read from data."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any, Literal

from makegood.disputes.policy.base import Hint, Missing, Phase, Rule, RuleError, Severity
from makegood.disputes.policy.budget import Budget
from makegood.disputes.policy.gate import Gate
from makegood.disputes.policy.rules import account, amounts, caps, charge, claim, hints, history, window

RULE_TYPES: dict[str, type[Rule]] = {
    rule.type: rule
    for rule in (
        charge.Billed,
        window.Window,
        window.WindowOpens,
        charge.Answered,
        charge.RecordingEnabled,
        history.NoOpenDispute,
        history.NeverDisputed,
        history.RemainingAmount,
        amounts.AmountCap,
        amounts.AmountMin,
        amounts.AmountFull,
        charge.Duration,
        charge.Disposition,
        charge.Kind,
        charge.InvoiceState,
        claim.ReasonAllowed,
        claim.ReasonRequired,
        claim.Explanation,
        claim.Evidence,
        caps.CapCount,
        caps.CapPercent,
        account.AccountStanding,
        account.Permission,
        hints.BillableGuideline,
        hints.DuplicateHint,
        hints.DuplicateAuto,
        hints.ShortCallAuto,
        hints.SmallAmountAuto,
    )
}

SHARED = frozenset(f.name for f in fields(Rule))
_GATE = frozenset(f.name for f in fields(Gate))
_PLAIN = frozenset({"type", "severity", "on_missing", "basis", "budget", "queue"}) | _GATE
"""Keys every rule may carry; ``basis`` only says where a preset's rule comes from."""
_STOPS = frozenset({Severity.BLOCK, Severity.OVERRIDE})


@cache
def own_parameters(kind: type[Rule]) -> dict[str, tuple[Any, Any]]:
    """A rule type's own parameters: annotation and default by name."""
    hints_ = typing.get_type_hints(kind)
    return {f.name: (hints_[f.name], f.default) for f in fields(kind) if f.name not in SHARED}


def _fits(value: Any, annotation: Any) -> bool:
    if isinstance(annotation, types.UnionType):
        return any(_fits(value, part) for part in typing.get_args(annotation))
    if annotation is type(None):
        return value is None
    if annotation is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if typing.get_origin(annotation) is Literal:
        return value in typing.get_args(annotation)
    if typing.get_origin(annotation) is tuple:
        return isinstance(value, tuple) and all(isinstance(part, str) for part in value)
    return isinstance(value, annotation)


def _read(of: str, hints_: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of ``data`` that ``hints_`` names, each checked against its annotation."""
    values: dict[str, Any] = {}
    for name in sorted(set(hints_) & set(data)):
        value = tuple(data[name]) if isinstance(data[name], list) else data[name]
        if not _fits(value, hints_[name]):
            choices = typing.get_args(hints_[name]) if typing.get_origin(hints_[name]) is Literal else ()
            one_of = f"; it is one of {', '.join(choices)}" if choices else ""
            raise RuleError(f'parameter "{name}" of {of} cannot be {data[name]!r}{one_of}')
        values[name] = value
    return values


def _known(of: str, data: Mapping[str, Any], names: frozenset[str]) -> None:
    if unknown := set(map(str, data)) - names:
        raise RuleError(f'{of} has no parameter "{min(unknown)}"', "UNKNOWN_PARAMETER")


def parse_rule(data: Mapping[str, Any]) -> Rule:
    """A rule from its data: ``{type, severity, on_missing?, ..parameters}``. Raises RuleError."""
    kind = RULE_TYPES.get(str(data.get("type")))
    if kind is None:
        raise RuleError(f'there is no rule type "{data.get("type")}"', "UNKNOWN_RULE")
    of = f'rule "{kind.type}"'
    own = own_parameters(kind)
    _known(of, data, frozenset(own) | _PLAIN)
    values = _read(of, {name: annotation for name, (annotation, _) in own.items()}, data)
    gate = Gate(**_read(of, typing.get_type_hints(Gate), data))
    queue = _read(of, {"queue": str}, data).get("queue", "")
    severity = _word(Severity, data.get("severity"), of, "BAD_SEVERITY")
    missing = _word(Missing, data.get("on_missing", default_missing(kind)), of, "BAD_MISSING")
    rule = kind(
        severity=severity, on_missing=missing, gate=gate, budget=_budget(of, data.get("budget")), queue=queue, **values
    )
    _check_fit(rule, of)
    return rule


_Word = typing.TypeVar("_Word", Severity, Missing)


def _word(kind: type[_Word], value: Any, of: str, code: str) -> _Word:
    try:
        return kind(str(value))
    except ValueError as error:
        raise RuleError(f"{of}: {error}", code) from error


def _budget(of: str, data: Any) -> Budget | None:
    if data is None:
        return None
    if not isinstance(data, Mapping):
        raise RuleError(f'parameter "budget" of {of} cannot be {data!r}')
    _known(f"the budget of {of}", data, frozenset(f.name for f in fields(Budget)))
    return Budget(**_read(f"the budget of {of}", typing.get_type_hints(Budget), data))


def _check_fit(rule: Rule, of: str) -> None:
    """Raise RuleError for a severity that the rule type cannot have."""
    if isinstance(rule, Hint) and rule.severity in _STOPS:
        raise RuleError(f"{of} never stops anybody; it warns, recommends, grants or routes", "BAD_SEVERITY")
    if rule.severity is Severity.AUTO_ACCEPT:
        if rule.phase is not Phase.AUTO:
            raise RuleError(f"{of} cannot grant; only rules of the phase auto can", "BAD_SEVERITY")
        if rule.on_missing is Missing.FAIL:
            raise RuleError(f"{of} cannot grant what it knows nothing of; on_missing is pass or warn", "BAD_MISSING")
        if rule.budget is None or (rule.budget.count is None and rule.budget.micros is None):
            raise RuleError(f"{of} grants within a budget: name count or micros", "BAD_PARAMETER")


def default_missing(kind: type[Rule]) -> Missing:
    """What an unknown fact means to rules of a type that do not say."""
    found: Field[Any] = next(f for f in fields(kind) if f.name == "on_missing")
    return Missing.FAIL if found.default is MISSING else found.default


def parse_rules(rules: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules of a policy, in order. Raises RuleError."""
    return tuple(parse_rule(rule) for rule in rules)
