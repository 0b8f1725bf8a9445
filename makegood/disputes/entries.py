"""Pure values of disputes: what a verb is asked to do, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from makegood.disputes.states import DecisionKind, ReviewVerdict, Visibility
from makegood.kernel.answers import Answer


@dataclass(frozen=True)
class DraftItem:
    """A dispute in the making; ``amount_micros`` None asks for all that is left."""

    charge_id: int
    reason: str = ""
    description: str = ""
    amount_micros: int | None = None


@dataclass(frozen=True)
class SubmitItem:
    """A claim: ``amount_micros`` None asks for what is left; ``override_cause`` is a representative's written cause.

    ``type`` is what it is about (empty: as its reason says); ``resolution`` is a code that is kept as filed and never
    becomes an outcome. ``file_ids`` are public ids of files that the same person uploaded; those of the draft that
    ``draft_id`` names come with it anyway.
    """

    charge_id: int
    reason: str = ""
    description: str = ""
    amount_micros: int | None = None
    override_cause: str = ""
    draft_id: int | None = None
    type: str = ""
    resolution: str = ""
    file_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class FilesItem:
    """Files, by public id, that a dispute or a draft is to show as evidence, or no longer."""

    dispute_id: int
    file_ids: tuple[str, ...]
    version: int | None = None


@dataclass(frozen=True)
class Together:
    """The claims of one call become the lines of one submission; ``invoice_id`` names the bill they stand on."""

    note: str = ""
    invoice_id: int | None = None


@dataclass(frozen=True)
class Ref:
    """A dispute that a verb is for; ``version`` None takes any."""

    dispute_id: int
    version: int | None = None


@dataclass(frozen=True)
class ClaimItem:
    """A dispute to take into review; ``cause`` says why it goes before an older one, where that matters."""

    dispute_id: int
    version: int | None = None
    cause: str = ""


@dataclass(frozen=True)
class SnoozeItem:
    """A dispute that one's own lane leaves out until then (aware); None brings it back."""

    dispute_id: int
    until: datetime | None


@dataclass(frozen=True)
class AssignItem:
    """Whom a dispute is given to, by the person's id; None takes it from whoever has it."""

    dispute_id: int
    to: int | None


@dataclass(frozen=True)
class DuplicateItem:
    """The dispute that one repeats, by its number such as ``D-10003``; empty takes the mark away."""

    dispute_id: int
    of: str


@dataclass(frozen=True)
class EditItem:
    """Changes to an open dispute: keys ``reason``, ``type``, ``resolution`` (codes; empty takes the type or resolution
    away), ``description``, ``amount_micros``.
    """

    dispute_id: int
    changes: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True)
class HeardItem:
    """A finding of a decision, heard in the recording from ``start_ms`` on; ``end_ms`` None says only where it begins.

    Milliseconds from the beginning of the recording.
    """

    finding: str
    start_ms: int
    end_ms: int | None = None


@dataclass(frozen=True)
class DecisionItem:
    """A decision: ``micros`` for a partial, in the dispute's currency, net of tax; findings by code.

    ``clawback_micros``, in the payout's currency, is what a manager typed in place of the rule's figure (None: as the
    rule says). ``heard`` says of findings at which second they are heard. ``cause`` says why it is decided before an
    older one, where that matters.
    """

    dispute_id: int
    kind: DecisionKind
    micros: int | None = None
    note: str = ""
    findings: tuple[str, ...] = ()
    version: int | None = None
    clawback_micros: int | None = None
    heard: tuple[HeardItem, ...] = ()
    cause: str = ""


@dataclass(frozen=True)
class ReviewItem:
    """What a review of a charge that nobody disputed found: findings by code, tags as typed, words for the file.

    ``reason`` is a code that a non-billable verdict opens its dispute with; empty, the findings name it.
    """

    review_id: int
    verdict: ReviewVerdict
    findings: tuple[str, ...] = ()
    heard: tuple[HeardItem, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""


@dataclass(frozen=True)
class SignItem:
    """The answer to a recommendation, named by its public id; ``cause`` says why it is declined."""

    recommendation: str
    cause: str = ""


@dataclass(frozen=True)
class Signing:
    """Whose decision a second person signs: the author's id, and how they are called."""

    author: int
    label: str


@dataclass(frozen=True)
class DeskTimeItem:
    """How long a decision took at the desk, in milliseconds, and how much of that was listening.

    ``sought`` says whether somebody moved in the recording.
    """

    dispute_id: int
    decision_ms: int
    listened_ms: int = 0
    sought: bool = False


@dataclass(frozen=True)
class AdjustItem:
    """An amount to credit at once, net of tax; the outcome follows from it. ``clawback_micros`` as in a decision.

    ``resolution`` is the code of a label that the dispute gets with the credit (empty: none), ``cause`` as in a
    decision.
    """

    dispute_id: int
    micros: int
    note: str = ""
    version: int | None = None
    clawback_micros: int | None = None
    resolution: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Spoken:
    """A decision as the statement takes it: kind (a DecisionKind or ``adjust``), micros where the kind has them.

    ``window`` is the undo window in seconds; ``may_part`` whether the program offers a part.
    """

    dispute_id: int
    kind: str
    micros: int | None
    note: str
    findings: Sequence[int] = ()
    version: int | None = None
    clawback_micros: int | None = None
    window: int = 0
    may_part: bool = True


@dataclass(frozen=True)
class Skip:
    """A dispute that goes before an older one, in a program that works in order of arrival: since when, and why."""

    dispute_id: int
    before_id: int
    before: str
    cause: str
    at: datetime


@dataclass(frozen=True)
class Prepared:
    """The items of a batch after a look at their form: what goes on to the statement, by place, and what does not.

    ``accounts_open`` says that every account is there that a credit on them moves; ``labels`` are the resolutions, as
    id and code, that disputes get with their credit. ``skips`` are those that go before an older one, by dispute;
    ``in_order`` says that a program of theirs works in order of arrival.
    """

    refused: Mapping[int, Answer]
    going: tuple[int, ...]
    batch: tuple[Spoken, ...]
    accounts_open: bool = False
    labels: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    skips: Mapping[int, Skip] = field(default_factory=dict)
    in_order: bool = False


@dataclass(frozen=True)
class WordsItem:
    """What is said to a dispute: a question, an answer, or the cause of a further round."""

    dispute_id: int
    text: str
    version: int | None = None


@dataclass(frozen=True)
class ReReviewItem:
    """Another look that a representative asks for: why, ``asked_by`` whom of the customer, and what is new."""

    dispute_id: int
    text: str
    version: int | None = None
    asked_by: str = ""
    news: str = ""


@dataclass(frozen=True)
class CommentItem:
    """What is written beside a dispute, and for whom."""

    dispute_id: int
    text: str
    visibility: Visibility = Visibility.INTERNAL


@dataclass(frozen=True)
class CloseItem:
    """The end of a dispute: a resolution by its code (empty: none) and a note."""

    dispute_id: int
    resolution: str = ""
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class ReverseItem:
    """A credit to take back: ``adjustment_id``, or the newest that stands."""

    dispute_id: int
    adjustment_id: int | None = None
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class FeeItem:
    """A fee for a reversal, net of tax: ``micros`` None takes the program's own; ``adjustment_id`` names the reversal.

    Without ``adjustment_id`` it is for the newest reversal that has none.
    """

    dispute_id: int
    micros: int | None = None
    adjustment_id: int | None = None
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class PlanParams:
    """What a bulk plan says of each dispute.

    ``note`` is the explanation, or the cause of reopening; it may name ``{number}``, ``{buyer}``, ``{reason}``,
    ``{amount}``, ``{caller}`` and ``{finding}`` of each dispute. A part, and an adjustment that is not for all that was
    asked, has exactly one of ``percent`` (a decimal text, of what was asked), ``each_micros`` and ``total_micros``
    (split in proportion to what was asked). ``resolution`` is a code, for an adjustment or a closing. ``clawback`` is
    what the vendor gives back of a credit: empty as the rule says, ``none``, or ``all`` of the payout. ``to`` is the
    person that disputes are assigned to. ``cause`` says why decisions go before older ones, where that matters.
    """

    note: str = ""
    findings: tuple[str, ...] = ()
    resolution: str = ""
    percent: str = ""
    each_micros: int | None = None
    total_micros: int | None = None
    clawback: str = ""
    to: int | None = None
    cause: str = ""


@dataclass(frozen=True)
class Target:
    """A dispute of a plan as it was seen: its version, the micros of a part or an adjustment, and its own words.

    ``clawback_micros``, in the payout's currency, is what was chosen in place of the rule's figure (None: as the rule
    says).
    """

    dispute_id: int
    version: int
    micros: int | None = None
    note: str = ""
    clawback_micros: int | None = None


@dataclass(frozen=True)
class Foreseen:
    """What a plan would do to one dispute; ``code`` and ``message`` are empty when it may go on. Amounts in micros.

    ``credit_micros`` is what the buyer gets back (negative: is charged again), ``clawback_micros``, in
    ``payout_currency``, what is taken back from the vendor. ``remaining_micros`` is what is left of the charge.
    """

    code: str = ""
    message: str = ""
    credit_micros: int = 0
    tax_micros: int = 0
    clawback_micros: int = 0
    payout_currency: str = ""
    remaining_micros: int = 0
