"""What claims stand on before they are judged: charge, policy in force, reason and resolution, in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyMissing
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
    type: str
    min_explanation_chars: int


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
    reason_type: str
    reason_chars: int
    resolution_id: int | None
    off: bool

    @property
    def policy(self) -> PolicyInForce | PolicyMissing:
        """The version in force, or the error that says there is none."""
        if self.version_id is None:
            return PolicyMissing(program=self.program)
        return effective(self.version_id, self.program, self.number, self.zone)


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


def offer_on(grounds: Sequence[Ground], items: Sequence[SubmitItem], policy: PolicyInForce) -> Offer:
    """What a program offers of what ``items`` name; ``grounds`` are theirs, all of that program."""
    reasons = {
        item.reason: Reasoned(ground.reason_id, item.reason, ground.reason_type, ground.reason_chars)
        for ground, item in zip(grounds, items, strict=True)
        if ground.reason_id is not None
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
