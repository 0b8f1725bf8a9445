"""What claims stand on before they are judged: charge, policy in force, reason and resolution, in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyMissing
from makegood.disputes.policy.offering import day_in, is_offered
from makegood.disputes.selectors.offer import Offer, needs_reason
from makegood.disputes.selectors.policies import PolicyInForce, effective
from makegood.kernel import sql
from makegood.kernel.prepared import fetch_for
from makegood.parties.entries import Principal
from makegood.parties.selectors import scope_parameters

_LARGEST = 2**63 - 1
"""Above it no row has its number."""


class Reasoned(NamedTuple):
    """A reason on offer."""

    pk: int
    code: str
    label: str
    type: str
    min_explanation_chars: int
    requires_evidence: bool


class Ground(NamedTuple):
    """What one claim stands on.

    ``corrected`` says that a newer charge stands in its place, ``off`` that disputing is switched off for the account.
    """

    ordinal: int
    program_id: int
    corrected: bool
    program: str
    no_money: str | None
    version_id: int | None
    number: int
    zone: str | None
    reason_id: int | None
    reason_label: str
    reason_type: str
    reason_chars: int
    reason_evidence: bool
    is_active: bool
    active_from: date | None
    active_to: date | None
    resolution_id: int | None
    off: bool

    @property
    def policy(self) -> PolicyInForce | PolicyMissing:
        """The version in force, or the error that says there is none."""
        if self.version_id is None:
            return PolicyMissing(program=self.program)
        return effective(self.version_id, self.program, self.number, self.zone)

    def reason_at(self, code: str, at: datetime) -> Reasoned | None:
        """The reason that the claim names, where it is on offer at ``at``."""
        if self.reason_id is None or not is_offered(self, day_in(self.zone, at)):
            return None
        return Reasoned(
            self.reason_id, code, self.reason_label, self.reason_type, self.reason_chars, self.reason_evidence
        )


def grounds_of(principal: Principal, items: Sequence[SubmitItem], at: datetime) -> dict[int, Ground]:
    """The grounds of claims at ``at``, by place from 0 on; one on a charge out of scope has none."""
    rows = fetch_for(
        len(items),
        sql.load("disputes.filing_ground"),
        {
            "charge_ids": [item.charge_id if abs(item.charge_id) <= _LARGEST else None for item in items],
            "reasons": [item.reason for item in items],
            "resolutions": [item.resolution for item in items],
            "at": at,
            **scope_parameters(principal.scope),
        },
    )
    return {row[0] - 1: Ground(*row) for row in rows}


def offer_on(grounds: Sequence[Ground], items: Sequence[SubmitItem], policy: PolicyInForce, at: datetime) -> Offer:
    """What a program offers at ``at`` of what ``items`` name; ``grounds`` are theirs, all of that program."""
    reasons = {
        item.reason: reason
        for ground, item in zip(grounds, items, strict=True)
        if (reason := ground.reason_at(item.reason, at)) is not None
    }
    return Offer(
        program_id=grounds[0].program_id,
        reasons=reasons,
        known={reason.pk: reason for reason in reasons.values()},
        needs_reason=policy.once(needs_reason),
        no_money=bool(json.loads(grounds[0].no_money or "false")),
        named={
            item.resolution: ground.resolution_id
            for ground, item in zip(grounds, items, strict=True)
            if ground.resolution_id is not None
        },
    )
