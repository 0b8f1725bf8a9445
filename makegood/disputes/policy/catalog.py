"""Every rule type by name, and how a rule is read from data."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from makegood.disputes.policy.base import Missing, Rule, RuleError, Severity
from makegood.disputes.policy.rule_types import (
    AmountFull,
    Billed,
    Disposition,
    Evidence,
    NeverDisputed,
    NoOpenDispute,
    Permission,
)
from makegood.disputes.policy.window_rule import Window

RULE_TYPES: dict[str, type[Rule]] = {
    rule.type: rule
    for rule in (AmountFull, Billed, Disposition, Evidence, NeverDisputed, NoOpenDispute, Permission, Window)
}

_PLAIN = frozenset({"type", "severity", "on_missing", "basis"})
"""Keys every rule may carry; ``basis`` only says where a preset's rule comes from."""


def _fits(value: Any, annotation: Any) -> bool:
    if isinstance(annotation, types.UnionType):
        return any(_fits(value, part) for part in typing.get_args(annotation))
    if annotation is type(None):
        return value is None
    if annotation is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if typing.get_origin(annotation) is tuple:
        return isinstance(value, tuple) and all(isinstance(part, str) for part in value)
    return isinstance(value, annotation)


def parse_rule(data: Mapping[str, Any]) -> Rule:
    """A rule from its data: ``{type, severity, on_missing?, ..parameters}``. Raises RuleError."""
    kind = RULE_TYPES.get(str(data.get("type")))
    if kind is None:
        raise RuleError(f'there is no rule type "{data.get("type")}"')
    hints = typing.get_type_hints(kind)
    names = {f.name for f in fields(kind)} - _PLAIN
    unknown = set(data) - names - _PLAIN
    if unknown:
        raise RuleError(f'rule "{kind.type}" has no parameter "{min(unknown)}"')
    values: dict[str, Any] = {}
    for name in names & set(data):
        value = tuple(data[name]) if isinstance(data[name], list) else data[name]
        if not _fits(value, hints[name]):
            raise RuleError(f'parameter "{name}" of rule "{kind.type}" cannot be {data[name]!r}')
        values[name] = value
    try:
        severity = Severity(str(data.get("severity")))
        missing = Missing(str(data.get("on_missing", _default_missing(kind))))
    except ValueError as error:
        raise RuleError(f'rule "{kind.type}": {error}') from error
    return kind(severity=severity, on_missing=missing, **values)


def _default_missing(kind: type[Rule]) -> Missing:
    default = next(f.default for f in fields(kind) if f.name == "on_missing")
    return Missing.FAIL if default is MISSING else default


def parse_rules(rules: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules of a policy, in order. Raises RuleError."""
    return tuple(parse_rule(rule) for rule in rules)
