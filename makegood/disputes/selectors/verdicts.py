"""Verdicts for charges: one, a page, or all; one text, so button, answer and preview agree."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from makegood.billing.models import Charge
from makegood.disputes.eligibility import CHARGE_PHASES, FILING_PHASES, Judge, Verdict, barred, judges_of, verdict_by
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import ChargeCorrected, DisputingOff, PolicyMissing
from makegood.disputes.policy import CLAIM, Phase
from makegood.disputes.selectors.exhibits import Exhibit, rules_read
from makegood.disputes.selectors.offer import says_who_files
from makegood.disputes.selectors.policies import PolicyInForce, moment_for, policies_of_charges, policy_in_force
from makegood.disputes.states import Origin
from makegood.kernel import clock, sql
from makegood.kernel.prepared import fetch

_CORRECTED, _OFF = ChargeCorrected(), DisputingOff()

Attached = Mapping[SubmitItem, Sequence[Exhibit]]


def verdicts(
    charge_ids: Sequence[int],
    origin: Origin = Origin.BUYER,
    claims: Mapping[int, SubmitItem] | None = None,
    *,
    files: int = 0,
    attached: Attached | None = None,
) -> dict[int, Verdict]:
    """What the policy in force says of each charge before any claim. The caller has scoped the ids.

    ``origin`` is who would file. With ``claims``, one by charge, and their files (how many, or ``attached``) it says
    what it would say of those. A charge whose program has no policy is left out.
    """
    found: dict[int, Verdict] = {}
    for policy, ids in policies_of_charges(charge_ids, clock.now()):
        if claims is None:
            found.update(judged(policy, [SubmitItem(charge_id) for charge_id in ids], CHARGE_PHASES, origin))
        else:
            found.update(
                judged(policy, [claims[pk] for pk in ids], FILING_PHASES, origin, files=files, attached=attached)
            )
    return found


def claim_verdict(
    item: SubmitItem,
    origin: Origin = Origin.BUYER,
    phases: frozenset[Phase] = FILING_PHASES,
    *,
    files: Sequence[Exhibit] = (),
) -> Verdict | None:
    """What the policy says of a claim with its files as it is being made; None when the program has no policy.

    ``phases`` may be those of one step of a guided flow.
    """
    program_id = Charge.objects.values_list("program_id", flat=True).get(pk=item.charge_id)
    policy = policy_in_force(program_id, clock.now())
    if isinstance(policy, PolicyMissing):
        return None
    return judged(policy, [item], phases, origin, attached={item: files})[item.charge_id]


def judged(
    policy: PolicyInForce,
    items: Sequence[SubmitItem],
    phases: frozenset[Phase],
    origin: Origin = Origin.BUYER,
    *,
    now: datetime | None = None,
    files: int = 0,
    attached: Attached | None = None,
) -> dict[int, Verdict]:
    """What a policy says of claims on charges of its program, by charge; one claim per charge.

    ``now`` is the moment of the claim where that is another one, ``files`` how many files come with each, ``attached``
    the files of those that have some.
    """
    at = moment_for(policy)
    at = replace(at, now=now) if now is not None else at
    compiled = policy.compiled(at, phases)
    rows = fetch(
        sql.spliced("disputes.verdicts", compiled.fragments),
        {
            "charge_ids": [item.charge_id for item in items],
            **_claims(items if phases & CLAIM else (), files, attached or {}),
            "origin": origin.value,
            **compiled.params,
        },
    )
    judges = judges_of(policy.rules, phases)
    return {row[0]: _verdict(policy, judges, row, at.now) for row in rows}


def _claims(items: Sequence[SubmitItem], files: int, attached: Attached) -> dict[str, list[Any]]:
    """What is claimed, item by item; nothing for a look at charges."""
    shown = [attached.get(item, ()) for item in items]
    return {
        "asked": [item.amount_micros for item in items],
        "reason_codes": [item.reason or None for item in items],
        "descriptions": [item.description for item in items],
        "files": [len(one) or files for one in shown],
        "attached": [rules_read(one) for one in shown],
    }


def _verdict(policy: PolicyInForce, judges: Sequence[Judge], row: Sequence[Any], at: datetime) -> Verdict:
    _, fail, missing, facts, corrected, off = row
    facts = facts if isinstance(facts, dict) else json.loads(facts)
    said = verdict_by(judges, policy.label, fail, facts, at, missing_mask=missing)
    if off and not policy.once(says_who_files):
        said = barred(said, _OFF.code, _OFF.message)
    return barred(said, _CORRECTED.code, _CORRECTED.message) if corrected else said
