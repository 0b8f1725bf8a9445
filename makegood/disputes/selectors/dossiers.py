"""Disputes as programs read them: every fact the caller may know, as plain values, in one statement without drafts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from makegood.disputes.selectors.actions import Action, Standing, actions_of
from makegood.disputes.selectors.refusals import told_stage
from makegood.disputes.selectors.rows import SHOWN
from makegood.disputes.selectors.visible import view_parameters
from makegood.disputes.states import Facts, Outcome, Stage, Word, word_of
from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb


class Stored(NamedTuple):
    """A row of the statement ``disputes.dossiers``."""

    id: int
    public_id: str
    label: str
    submission: str | None
    version: int
    stage: str
    outcome: str | None
    round: int
    origin: str
    type: str
    description: str
    currency: str
    asked_micros: int
    decided_micros: int | None
    decided_at: datetime | None
    commit_after: datetime | None
    submitted_at: datetime
    closed_at: datetime | None
    withdrawn_at: datetime | None
    modified_at: datetime
    claimed_until: datetime | None
    decision_note: str
    buyer_explanation: str
    policy: str | None
    assignee_id: int | None
    assignee: str
    submitted_by: str
    decided_by_id: int | None
    decided_by: str
    reason: str
    reason_label: str
    resolution: str
    resolution_label: str
    program: str
    settings: str
    customer_id: int
    customer_number: str
    customer: str
    vendor_number: str
    vendor: str
    charge_id: int
    billed_micros: int
    payout_currency: str
    credit_micros: int
    clawback_micros: int
    reversed: bool
    fee: bool
    non_billable: bool
    reversals: int
    fees: int
    decision_id: int | None
    target_at: datetime | None
    breach_at: datetime | None
    findings: list[str]
    recommended_by_id: int | None
    recommended_by: str
    recommendation: str | None
    signed_by_id: int | None
    signed_by: str


@dataclass(frozen=True)
class Dossier:
    """A dispute as one principal may know it. What is not theirs to know is None or empty.

    A decision that waits in its undo window is told to those who decide alone: for others the dispute reads as in
    review, and so do its actions. ``version`` and ``modified_at``, which would tell of it too, are theirs as well.
    """

    id: int
    public_id: str
    number: str
    submission: str | None
    version: int | None
    stage: Stage
    word: Word
    outcome: Outcome | None
    round: int
    origin: str
    type: str
    reason: str
    reason_label: str
    resolution: str
    resolution_label: str
    description: str
    asked: Money
    decided: Money | None
    credited: Money | None
    clawback: Money | None
    explanation: str
    findings: tuple[str, ...]
    decision_id: int | None
    decided_at: datetime | None
    decided_by: str
    commits_at: datetime | None
    assignee: str
    claimed_until: datetime | None
    target_at: datetime | None
    breach_at: datetime | None
    submitted_at: datetime
    submitted_by: str
    closed_at: datetime | None
    withdrawn_at: datetime | None
    modified_at: datetime | None
    recommendation: str
    recommended_by: str
    approved_by: str
    policy: str
    program: str
    customer_id: int
    customer_number: str
    customer: str
    vendor_number: str
    vendor: str
    charge_id: int
    actions: tuple[Action, ...]


class Handle(NamedTuple):
    """Just enough of a dispute in scope to act on it; ``lock_version`` and ``stage`` are the true ones."""

    id: int
    public_id: str
    label: str
    lock_version: int
    currency: str
    asked_micros: int
    payout_currency: str
    stage: str


@cache
def _text(which: str) -> str:
    return sql.spliced("disputes.dossiers", {"which": which})


def _rows(principal: Principal, which: str, **params: Any) -> list[Stored]:
    return [Stored(*row) for row in fetch(_text(which), {**params, **view_parameters(principal)})]


def handle_of(principal: Principal, public_id: str) -> Handle:
    """The dispute of that public id. Raises NotFound for one that is a draft, out of scope, or not there."""
    found = fetch(sql.load("disputes.handle_of"), {"public_id": public_id, **view_parameters(principal)})
    if not found:
        raise NotFound()
    return Handle(*found[0])


def dossier_of(principal: Principal, public_id: str) -> Dossier:
    """All of the dispute of that public id. Raises NotFound as :func:`handle_of` does."""
    found = _rows(principal, "d.public_id = %(public_id)s::text", public_id=public_id)
    if not found:
        raise NotFound()
    return _dossier(principal, found[0])


def dossiers(principal: Principal, ids: Sequence[int]) -> list[Dossier]:
    """All of those of some disputes that are in scope, in the order of ``ids``."""
    if not ids:
        return []
    rows = {row.id: row for row in _rows(principal, "d.id = ANY(%(ids)s::bigint[])", ids=list(ids))}
    return [_dossier(principal, rows[pk]) for pk in ids if pk in rows]


TO_ALL = ("id", "public_id", "submission", "round", "origin", "type", "reason", "reason_label", "resolution",
          "resolution_label", "description", "submitted_at", "submitted_by", "closed_at", "withdrawn_at", "program",
          "customer_id", "customer_number", "customer", "charge_id")  # fmt: skip
"""What everybody reads who sees the dispute."""
TO_DECIDERS = ("version", "decided_by", "assignee", "claimed_until", "target_at", "breach_at", "modified_at")
"""What tells of the review, and so of a decision that waits."""


def _dossier(principal: Principal, row: Stored) -> Dossier:
    decides, pays = principal.can(Verb.DISPUTE_DECIDE), principal.can(Verb.PAYOUT_VIEW)
    settings = json.loads(row.settings)
    stage = Stage(told_stage(principal, row.stage))
    told = decides or stage in SHOWN
    outcome = Outcome(row.outcome) if told and row.outcome else None
    read: dict[str, Any] = {name: getattr(row, name) for name in TO_ALL}
    read |= {name: getattr(row, name) if decides else _NOTHING.get(name) for name in TO_DECIDERS}
    return Dossier(
        **read,
        number=row.label,
        stage=stage,
        word=word_of(_facts(row, stage, outcome), settings),
        outcome=outcome,
        asked=Money(row.asked_micros, row.currency),
        decided=Money(row.decided_micros or 0, row.currency) if outcome else None,
        credited=Money(row.credit_micros, row.currency) if stage in SHOWN else None,
        clawback=Money(row.clawback_micros, row.payout_currency) if pays else None,
        explanation=(row.buyer_explanation or row.decision_note) if told else "",
        findings=tuple(row.findings) if told else (),
        decision_id=row.decision_id if told else None,
        decided_at=row.decided_at if told else None,
        commits_at=row.commit_after if decides and stage is Stage.DECIDED else None,
        recommendation=(row.recommendation or "") if decides else "",
        recommended_by=row.recommended_by if decides else "",
        approved_by=row.signed_by if decides else "",
        policy=row.policy or "",
        vendor_number=row.vendor_number if pays else "",
        vendor=row.vendor if pays else "",
        actions=actions_of(principal, _standing(row, stage, settings, decides=decides)),
    )


_NOTHING = {"decided_by": "", "assignee": ""}


def _facts(row: Stored, stage: Stage, outcome: Outcome | None) -> Facts:
    return Facts(
        stage=stage,
        outcome=outcome,
        live_micros=row.credit_micros,
        billed_micros=row.billed_micros,
        reversed=row.reversed,
        fee=row.fee,
        round=row.round,
        resolution=row.resolution_label,
        non_billable=row.non_billable,
    )


def _standing(row: Stored, stage: Stage, settings: Mapping[str, Any], *, decides: bool) -> Standing:
    return Standing(
        number=row.label,
        stage=stage,
        round=row.round,
        live=row.credit_micros > 0,
        reversals=row.reversals,
        fees=row.fees,
        assignee_id=row.assignee_id,
        assignee=row.assignee,
        decided_by_id=row.decided_by_id,
        claimed_until=row.claimed_until,
        commit_after=row.commit_after,
        settings=settings,
        currency=row.currency,
        recommended_by_id=row.recommended_by_id if decides else None,
        signed_by_id=row.signed_by_id if decides else None,
    )
