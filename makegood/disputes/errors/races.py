"""What a violated constraint means to whoever lost the race."""

from __future__ import annotations

from makegood.disputes.errors.desk import Recommended
from makegood.disputes.errors.filing import AlreadyDisputed, AmountExceedsRemaining
from makegood.disputes.errors.stages import AlreadyDecided, DisputeClosed
from makegood.kernel.errors import Refusal

CONSTRAINTS: dict[str, type[Refusal]] = {
    "no_over_credit": AmountExceedsRemaining,
    "one_open_dispute_per_charge": AlreadyDisputed,
    "one_decision_per_round": AlreadyDecided,
    "one_credit_per_round": AlreadyDecided,
    "adjustment_once": AlreadyDecided,
    "dispute_closed": DisputeClosed,
    "one_recommendation_waits": Recommended,
}
"""Constraints that a lost race can reach, and the rule they read like. Any other name is a Conflict."""

TRIED_AGAIN = frozenset({"charge_balance_identity", "one_child_per_adjustment"})
"""Constraints that only say who wrote a row first: the row is there now, so the same item is judged again.
A second unique index may be reported although ON CONFLICT names the first; and reads are as old as their statement."""
