"""What reversals would do, judged as the statement that reverses judges. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from makegood.disputes.entries import Foreseen, Target
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import stages_for
from makegood.disputes.selectors.refusals import refusal_of, told_stage
from makegood.kernel import sql
from makegood.parties.entries import Principal


def foreseen_reversals(principal: Principal, targets: Sequence[Target]) -> list[Foreseen]:
    """What reversing the newest credit of each would do, in their order. The caller has scoped the disputes."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("disputes.reversal_effects"),
            {
                "dispute_ids": [target.dispute_id for target in targets],
                "versions": [target.version for target in targets],
                "reversible_stages": sorted(stages_for(Step.REVERSE)),
            },
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    return [_foreseen(principal, *rows[target.dispute_id]) for target in targets]


def _foreseen(
    principal: Principal, code: str, stage: str, label: str, credit: int, tax: int, clawback: int, payout: str
) -> Foreseen:
    if code:
        refusal = refusal_of(code, number=label, stage=told_stage(principal, stage), step=Step.REVERSE)
        return Foreseen(refusal.code, refusal.message, payout_currency=payout)
    return Foreseen(credit_micros=-credit, tax_micros=-tax, clawback_micros=-clawback, payout_currency=payout)
