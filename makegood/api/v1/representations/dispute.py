"""A dispute, and a page of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from makegood.api.v1 import ids
from makegood.api.v1.representations.shapes import Labeled, Money, Page, Party, labeled, micros, money
from makegood.disputes.selectors.actions import Action as Possible
from makegood.disputes.selectors.dossiers import Dossier

DisputeId = Annotated[str, Meta(pattern="^dsp_", description="The id of a dispute.")]


class Status(Struct, frozen=True):
    """The program's own word for where the dispute stands, with a stable key and badges beside it."""

    key: str
    label: str
    badges: list[str]


class Action(Struct, frozen=True):
    """A verb of the lifecycle: whether it is possible now, and if not, the code and the sentence that say why."""

    verb: str
    allowed: bool
    code: str | None
    message: str | None


class Dispute(Struct, kw_only=True):
    """One contested charge, as the caller may know it: what is not theirs to know is null or empty.

    ``version`` counts changes; it is told to those who decide. The ETag goes into If-Match.
    """

    id: DisputeId
    number: str
    version: int | None
    submission: str | None
    charge: str
    program: str
    customer: Party
    vendor: Party | None
    status: Status
    stage: str
    outcome: str | None
    round: int
    origin: str
    type: str
    reason: Labeled | None
    resolution: Labeled | None
    description: str
    asked: Money
    decided: Money | None
    credited: Money | None
    clawback: Money | None
    explanation: str
    findings: list[str]
    decision: str | None
    submitted_at: datetime
    submitted_by: str
    decided_at: datetime | None
    decided_by: str
    commits_at: datetime | None
    assignee: str
    claimed_until: datetime | None
    due_at: datetime | None
    breach_at: datetime | None
    closed_at: datetime | None
    withdrawn_at: datetime | None
    modified_at: datetime | None
    policy: str
    actions: list[Action]


class DisputePage(Page):
    """Disputes, the newest first."""

    items: list[Dispute]


class HistoryStep(Struct, frozen=True):
    """One line of the dispute's story: what happened, in a sentence; ``by`` is empty where it is nobody's business."""

    sequence: int
    event: str
    at: datetime
    text: str
    by: str


class History(Struct):
    """Everything the caller may know of what happened to a dispute, the oldest first."""

    items: list[HistoryStep]


_AS_THEY_ARE = ("number", "version", "submission", "program", "round", "origin", "type", "description", "explanation",
                "submitted_at", "submitted_by", "decided_at", "decided_by", "commits_at", "assignee", "claimed_until",
                "breach_at", "closed_at", "withdrawn_at", "modified_at", "policy")  # fmt: skip


def dispute(dossier: Dossier) -> Dispute:
    """A dispute as the service writes it."""
    vendor = Party(None, dossier.vendor_number, dossier.vendor) if dossier.vendor_number else None
    as_they_are: dict[str, Any] = {name: getattr(dossier, name) for name in _AS_THEY_ARE}
    return Dispute(
        **as_they_are,
        id=dossier.public_id,
        charge=ids.numbered(ids.CHARGE, dossier.charge_id),
        customer=Party(dossier.customer_id, dossier.customer_number, dossier.customer),
        vendor=vendor,
        status=Status(dossier.word.key, dossier.word.label, list(dossier.word.badges)),
        stage=dossier.stage.value,
        outcome=dossier.outcome.value if dossier.outcome else None,
        reason=labeled(dossier.reason, dossier.reason_label),
        resolution=labeled(dossier.resolution, dossier.resolution_label),
        asked=micros(dossier.asked.micros, dossier.asked.currency),
        decided=money(dossier.decided),
        credited=money(dossier.credited),
        clawback=money(dossier.clawback),
        findings=list(dossier.findings),
        decision=ids.numbered(ids.DECISION, dossier.decision_id) if dossier.decision_id else None,
        due_at=dossier.target_at,
        actions=[_action(action) for action in dossier.actions],
    )


def _action(action: Possible) -> Action:
    return Action(action.verb, action.allowed, action.code or None, action.message or None)
