"""What was filed together, and what became of each item of a call that files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1.representations.dispute import Dispute, DisputeId, dispute
from makegood.api.v1.representations.shapes import Money, Page, Party, Problem, micros
from makegood.disputes.models import Submission as Row
from makegood.disputes.selectors.dossiers import Dossier
from makegood.disputes.selectors.submissions import standing_of

SubmissionId = Annotated[str, Meta(pattern="^sub_", description="The id of a submission.")]


class Created(Struct, frozen=True):
    """A dispute that was filed; ``granted_by`` is the code of a rule that accepted it at once."""

    id: DisputeId
    number: str
    charge: str
    asked: Money
    submission: SubmissionId | None
    granted_by: str | None


class Result(Struct, frozen=True):
    """What became of the item at ``index``: ``created`` with its dispute, or ``refused`` with the problem."""

    index: int
    status: str
    dispute: Created | None = None
    problem: Problem | None = None


class Results(Struct):
    """What became of each item, in their order; ``submission`` is the number they were filed under together."""

    submission: SubmissionId | None
    results: list[Result]


class Submission(Struct, kw_only=True):
    """Several disputes under one number. It has no status of its own: ``counts`` are its lines in sight by outcome,
    waiting, closed (without an outcome) and withdrawn."""

    id: SubmissionId
    number: str
    program: str
    customer: Party
    note: str
    total: Money
    created_at: datetime
    created_by: str
    counts: dict[str, int]
    disputes: list[Dispute]


class SubmissionHead(Struct, kw_only=True):
    """A submission without its lines; ``total`` is what was asked for when it was filed."""

    id: SubmissionId
    number: str
    program: str
    customer: Party
    note: str
    total: Money
    created_at: datetime
    created_by: str


class SubmissionPage(Page):
    """Submissions, the newest first."""

    items: list[SubmissionHead]


def head(row: Row) -> SubmissionHead:
    """A submission without its lines, as the service writes it."""
    return SubmissionHead(
        id=row.public_id,
        number=str(row),
        program=row.program.key,
        customer=Party(row.customer_id, row.customer.number, row.customer.name),
        note=row.note,
        total=micros(row.total_micros, row.currency),
        created_at=row.created_at,
        created_by=str(row.created_by or ""),
    )


def submission(row: Row, lines: Sequence[Dossier]) -> Submission:
    """A submission with the lines in sight, as the service writes it."""
    top = head(row)
    return Submission(
        id=top.id,
        number=top.number,
        program=top.program,
        customer=top.customer,
        note=top.note,
        total=top.total,
        created_at=top.created_at,
        created_by=top.created_by,
        counts=dict(Counter(standing_of(line.stage, line.outcome) for line in lines)),
        disputes=[dispute(line) for line in lines],
    )
