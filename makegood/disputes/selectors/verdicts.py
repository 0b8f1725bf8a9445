"""Verdicts for charges: one, a page, or all; one text, so button, answer and preview agree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from makegood.billing.models import Charge
from makegood.disputes.eligibility import ALL_PHASES, CHARGE_PHASES, Verdict, verdict_of
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyMissing
from makegood.disputes.policy import Phase, compile_policy
from makegood.disputes.selectors.policies import PolicyInForce, moment, policy_in_force
from makegood.kernel import clock, sql


def verdicts(charge_ids: Sequence[int]) -> dict[int, Verdict]:
    """What the policy in force says of each charge before any claim. The caller has scoped the ids.

    A charge whose program has no policy is left out.
    """
    programs: dict[int, list[int]] = {}
    for charge_id, program_id in Charge.objects.filter(id__in=charge_ids).values_list("id", "program_id"):
        programs.setdefault(program_id, []).append(charge_id)
    found: dict[int, Verdict] = {}
    for program_id, ids in programs.items():
        policy = policy_in_force(program_id, clock.now())
        if not isinstance(policy, PolicyMissing):
            found.update(_judge(policy, [SubmitItem(charge_id) for charge_id in ids], CHARGE_PHASES))
    return found


def claim_verdict(item: SubmitItem) -> Verdict | None:
    """What the policy says of a claim as it is being made; None when the program has no policy."""
    program_id = Charge.objects.values_list("program_id", flat=True).get(pk=item.charge_id)
    policy = policy_in_force(program_id, clock.now())
    if isinstance(policy, PolicyMissing):
        return None
    return _judge(policy, [item], ALL_PHASES)[item.charge_id]


def _judge(policy: PolicyInForce, items: Sequence[SubmitItem], phases: frozenset[Phase]) -> dict[int, Verdict]:
    at = moment()
    compiled = compile_policy(policy.rules, at, phases)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.spliced("disputes.verdicts", compiled.fragments),
            {
                "charge_ids": [item.charge_id for item in items],
                "asked": [item.amount_micros for item in items],
                "reason_codes": [item.reason for item in items],
                "files": [0] * len(items),
                **compiled.params,
            },
        )
        rows = cursor.fetchall()
    return {row[0]: _verdict(policy, row, at.now, phases) for row in rows}


def _verdict(policy: PolicyInForce, row: Sequence[Any], at: datetime, phases: frozenset[Phase]) -> Verdict:
    _, fail, missing, facts = row
    facts = facts if isinstance(facts, dict) else json.loads(facts)
    return verdict_of(policy.label, policy.rules, fail, facts, at, missing_mask=missing, phases=phases)
