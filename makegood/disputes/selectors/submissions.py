"""Several disputes filed together: one number, an outcome per line, counts instead of a status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from makegood.disputes.models import Dispute, Submission
from makegood.disputes.selectors.rows import SHOWN, DisputeRow, rows_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Outcome, Stage
from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.kernel.prepared import fetch_for
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound


@dataclass(frozen=True)
class Sibling:
    """Another line of the same submission."""

    number: str
    charge_id: int

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")


@dataclass(frozen=True)
class SubmissionDetail:
    """A submission as the principal may see it: the lines in scope, oldest line first.

    ``asked`` sums what its lines ask for now; ``total`` is what was asked for when it was filed. ``counts`` are lines
    by outcome, ``waiting``, ``closed`` (without an outcome) and ``withdrawn``.
    """

    number: str
    public_id: str
    customer: str
    invoice_number: int | None
    note: str
    total: Money
    asked: Money
    credited: Money
    created_at: datetime
    created_by: str
    lines: tuple[DisputeRow, ...]
    counts: dict[str, int]


def standing_of(stage: Stage, outcome: Outcome | None) -> str:
    """How a line stands, as far as the principal may know: nobody counts what waits in its undo window."""
    if stage in SHOWN:
        return outcome.value if outcome else "closed"
    return "withdrawn" if stage is Stage.WITHDRAWN else "waiting"


def submissions_visible_to(principal: Principal) -> QuerySet[Submission]:
    """The submissions of which a line is in scope."""
    lines = disputes_visible_to(principal).exclude(stage=Stage.DRAFT).filter(submission__isnull=False)
    return Submission.objects.filter(pk__in=lines.values("submission"))


def is_submission(principal: Principal, number: str) -> bool:
    """Whether a number, such as ``10003``, is that of a submission in scope."""
    readable = number.isascii() and number.isdecimal()
    return readable and submissions_visible_to(principal).filter(number=int(number)).exists()


def submission_detail(principal: Principal, number: str) -> SubmissionDetail:
    """A submission by its number, such as ``10003``. Raises NotFound for one that does not exist or is out of scope."""
    found = submissions_visible_to(principal).select_related("customer", "invoice", "created_by")
    submission = found.filter(number=int(number)).first() if number.isascii() and number.isdecimal() else None
    if submission is None:
        raise NotFound()
    lines = disputes_visible_to(principal).filter(submission=submission).order_by("line")
    rows = tuple(rows_of(principal, list(lines)))
    currency = submission.currency
    return SubmissionDetail(
        number=str(submission),
        public_id=submission.public_id,
        customer=str(submission.customer),
        invoice_number=submission.invoice.number if submission.invoice else None,
        note=submission.note,
        total=Money(submission.total_micros, currency),
        asked=Money(sum(row.asked.micros for row in rows), currency),
        credited=Money(sum(row.credited.micros for row in rows if row.credited), currency),
        created_at=submission.created_at,
        created_by=str(submission.created_by or ""),
        lines=rows,
        counts=dict(Counter(standing_of(row.stage, row.outcome) for row in rows)),
    )


@dataclass(frozen=True)
class Filed:
    """What was just filed: the public ids of a dispute and of its submission (None: it stands alone)."""

    public_id: str
    submission: str | None


def filed_names(dispute_ids: Sequence[int]) -> dict[int, Filed]:
    """The public ids of disputes that were just filed. The caller has scoped them."""
    rows = fetch_for(len(dispute_ids), sql.load("disputes.filed_names"), {"ids": list(dispute_ids)})
    return {row[0]: Filed(*row[1:]) for row in rows}


def line_ids(principal: Principal, submission_id: int) -> list[int]:
    """The disputes of a submission that are in scope, by line."""
    lines = disputes_visible_to(principal).filter(submission=submission_id)
    return list(lines.order_by("line").values_list("pk", flat=True))


def siblings_of(principal: Principal, dispute: Dispute) -> tuple[Sibling, ...]:
    """The other lines of a dispute's submission, by line; empty for a dispute of its own."""
    if dispute.submission_id is None:
        return ()
    others = disputes_visible_to(principal).filter(submission=dispute.submission_id).exclude(pk=dispute.pk)
    return tuple(Sibling(label, charge) for label, charge in others.order_by("line").values_list("label", "charge_id"))
