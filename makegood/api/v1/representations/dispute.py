"""A dispute, and a page of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from makegood.api.v1 import ids
from makegood.api.v1.representations.shapes import Labeled, Money, Page, Party, labeled, micros, money
from makegood.disputes.selectors.actions import Action as Possible
from makegood.disputes.selectors.dossiers import Dossier
from makegood.disputes.selectors.promise import Promise as Promised

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

    ``version`` counts changes; it is told to those who decide, and so is what waits for a second signature
    (``recommendation``) and who gave it (``approved_by``). The ETag goes into If-Match.
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
    approved_by: str
    recommendation: str
    recommended_by: str
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


class Place(Struct, frozen=True):
    """Where it waits in the line of its program: so many come before it (``at_least`` where there are more than are
    counted). ``in_order`` is strictly by arrival; otherwise others may still come before."""

    before: int
    at_least: bool
    in_order: bool


class Usual(Struct, frozen=True):
    """When it is decided by what was usual lately: as likely before ``about`` as after, and eight of ten between
    ``earliest`` and ``latest`` (null: nobody knows). It rests on so many latest decisions."""

    about: datetime
    earliest: datetime | None
    latest: datetime | None
    decisions: int


class Promise(Struct, frozen=True):
    """What the submitting side may expect of a dispute that waits.

    ``decided_by`` is the end of the promised time and ``usually`` that time in words; null and empty where the program
    promises none. ``paused_since`` is set while an answer of the submitting side is awaited: then nothing runs.
    ``waits`` is false once everybody knows its decision; then all else is null or empty.
    """

    waits: bool
    decided_by: datetime | None
    usually: str
    paused_since: datetime | None
    place: Place | None
    usual: Usual | None


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
                "submitted_at", "submitted_by", "decided_at", "decided_by", "approved_by",
                "recommendation", "recommended_by", "commits_at", "assignee", "claimed_until",
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


def promise(found: Promised | None) -> Promise:
    """What is promised of a dispute as the service writes it."""
    if found is None:
        return Promise(waits=False, decided_by=None, usually="", paused_since=None, place=None, usual=None)
    place, usual = found.place, found.usual
    return Promise(
        waits=True,
        decided_by=found.by,
        usually=found.usually,
        paused_since=found.paused_since,
        place=Place(place.before, place.is_many, place.in_order) if place else None,
        usual=Usual(usual.about, usual.early, usual.late, usual.decided) if usual else None,
    )


def _action(action: Possible) -> Action:
    return Action(action.verb, action.allowed, action.code or None, action.message or None)
