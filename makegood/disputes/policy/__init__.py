"""Policy: an ordered list of typed rules, compiled to one SQL expression. Pure: no Django, no connection."""

from makegood.disputes.policy.base import CLAIM, Facts, Phase, Rule, RuleError, Severity
from makegood.disputes.policy.catalog import RULE_TYPES, parse_rule, parse_rules
from makegood.disputes.policy.compiler import Compiled, Kept, compile_policy, keep_policy

__all__ = [
    "CLAIM",
    "RULE_TYPES",
    "Compiled",
    "Facts",
    "Kept",
    "Phase",
    "Rule",
    "RuleError",
    "Severity",
    "compile_policy",
    "keep_policy",
    "parse_rule",
    "parse_rules",
]
