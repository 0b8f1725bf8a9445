"""How many charges of a program can be disputed now, and what stops the others; one statement over all of them."""

from __future__ import annotations

from django.db import connection

from makegood.disputes.eligibility import CHARGE_PHASES, masks_of
from makegood.disputes.policy import compile_policy
from makegood.disputes.selectors.policies import PolicyInForce, moment
from makegood.kernel import sql


def headlines(policy: PolicyInForce) -> dict[str, int]:
    """Charges by the code of the rule that stops them first; the empty code stands for those that can be disputed."""
    compiled = compile_policy(policy.rules, moment(policy.program_id), CHARGE_PHASES)
    block, override = masks_of(policy.rules)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.spliced("disputes.headlines", compiled.fragments),
            {
                "program_id": policy.program_id,
                "block_mask": block,
                "override_mask": override,
                **compiled.params,
            },
        )
        rows = cursor.fetchall()
    found: dict[str, int] = {}
    for bit, count in rows:
        code = policy.rules[bit.bit_length() - 1].code if bit else ""
        found[code] = found.get(code, 0) + count
    return found
