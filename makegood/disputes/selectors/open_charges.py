"""Which charges can be disputed now, many at a time: the same text as the verdicts, without their words."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.disputes.eligibility import CHARGE_PHASES, masks_of
from makegood.disputes.policy.rules.window import Window
from makegood.disputes.selectors.policies import PolicyInForce, moment_for, policies_of_charges, policy_in_force
from makegood.kernel import clock, sql
from makegood.kernel.prepared import fetch_for


def open_charges(charge_ids: Sequence[int]) -> set[int]:
    """Those of some charges that a buyer may dispute now: what ``verdicts`` calls ``can_submit``.

    The caller has scoped the ids. A charge whose program has no policy cannot be disputed.
    """
    found: set[int] = set()
    for policy, ids in policies_of_charges(charge_ids, clock.now()):
        found |= _open(policy, ids)
    return found


def _open(policy: PolicyInForce, ids: Sequence[int]) -> set[int]:
    compiled = policy.compiled(moment_for(policy), CHARGE_PHASES)
    block, override = masks_of(policy.rules)
    params = {"charge_ids": list(ids), "barring_mask": block | override, **compiled.params}
    rows = fetch_for(len(ids), sql.spliced("disputes.open_charges", compiled.fragments), params)
    return {pk for (pk,) in rows}


def window_of(program_id: int) -> str:
    """How long a charge of a program can be disputed, as a range of the log (``4d``, ``36h``); empty without a limit.

    Business days are taken for the calendar days they may last.
    """
    policy = policy_in_force(program_id, clock.now())
    if not isinstance(policy, PolicyInForce):
        return ""
    for rule in policy.rules:
        if isinstance(rule, Window) and rule.amount is not None:
            if rule.unit == "hours":
                return f"{rule.amount // 24}d" if rule.amount % 24 == 0 else f"{rule.amount}h"
            weeks = (rule.amount + 4) // 5 if rule.unit == "business_days" else 0
            return f"{rule.amount + 2 * weeks}d"
    return ""
