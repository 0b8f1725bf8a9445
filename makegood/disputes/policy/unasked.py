"""Which rules of a policy bind a dispute that nobody asked for, because a reviewer found it. Pure."""

from __future__ import annotations

from makegood.disputes.policy.base import Rule
from makegood.disputes.states import Origin

OF_THE_CHARGE = frozenset({"billed", "no_open_dispute", "remaining_amount"})
"""Rules about what can be credited at all. The others are what is asked of whoever files: a time, words, a limit."""


def binds_reviewers(rule: Rule) -> bool:
    """Whether the rule binds a reviewer who files unasked: it is about the charge itself, or names this origin."""
    return rule.type in OF_THE_CHARGE or Origin.QA_PROACTIVE.value in rule.gate.origins
