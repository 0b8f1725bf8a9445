"""Pure words of disputes: the four facts, their sets, and the words other systems use for them.

Status is four small facts (stage, outcome, money, round). What people read is derived by one function per vocabulary,
total over every reachable tuple, and never stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a dispute stands."""

    DRAFT = "draft"
    PENDING = "pending"
    IN_REVIEW = "in_review"
    INFO_NEEDED = "info_needed"
    DECIDED = "decided"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


UNDECIDED = frozenset({Stage.PENDING, Stage.IN_REVIEW, Stage.INFO_NEEDED})
WAITING = frozenset({Stage.PENDING, Stage.IN_REVIEW})
OPEN = frozenset({*UNDECIDED, Stage.DECIDED, Stage.RESOLVED})
FINISHED = frozenset({Stage.CLOSED, Stage.WITHDRAWN})


class Outcome(StrEnum):
    """What was decided."""

    ACCEPTED = "accepted"
    ACCEPTED_PARTIAL = "accepted_partial"
    REJECTED = "rejected"


GRANTED = frozenset({Outcome.ACCEPTED, Outcome.ACCEPTED_PARTIAL})


class Origin(StrEnum):
    """Who filed it."""

    BUYER = "buyer"
    CSR = "csr"
    API = "api"
    IMPORT = "import"
    QA_PROACTIVE = "qa_proactive"


class Door(StrEnum):
    """Through which face a decision came; each has its own undo window."""

    DESK = "desk"
    BULK = "bulk"
    API = "api"
    SYSTEM = "system"


class DecisionKind(StrEnum):
    """What a decision says; the row's own word beside the dispute's outcome."""

    ACCEPT = "accept"
    PARTIAL = "partial"
    REJECT = "reject"


OUTCOME_OF: dict[DecisionKind, Outcome] = {
    DecisionKind.ACCEPT: Outcome.ACCEPTED,
    DecisionKind.PARTIAL: Outcome.ACCEPTED_PARTIAL,
    DecisionKind.REJECT: Outcome.REJECTED,
}


class DecisionState(StrEnum):
    """Whether a decision still waits in its undo window."""

    HELD = "held"
    COMMITTED = "committed"
    UNDONE = "undone"


class ReasonType(StrEnum):
    """What a reason is about."""

    BILLING = "billing"
    PRODUCT = "product"
    FRAUD = "fraud"
    QUALITY = "quality"


@dataclass(frozen=True)
class Facts:
    """What the words are derived from. ``live_micros`` is the credit that stands now; ``billed_micros`` the charge.

    ``reversed`` says that a credit of an earlier or this decision was reversed, ``fee`` that a reversal fee stands.
    """

    stage: Stage
    outcome: Outcome | None = None
    live_micros: int = 0
    billed_micros: int = 0
    reversed: bool = False
    fee: bool = False
    round: int = 1
    resolution: str = ""


@dataclass(frozen=True)
class Word:
    """A status as a person reads it: a stable key for lists and colors, the label, and badges beside it."""

    key: str
    label: str
    badges: tuple[str, ...] = ()


def _live_outcome(facts: Facts) -> Outcome:
    return Outcome.ACCEPTED if facts.live_micros >= facts.billed_micros else Outcome.ACCEPTED_PARTIAL


def dialics(facts: Facts) -> Word:
    """Pending, Accepted, Accepted Partial, Rejected (Dialics); accepted is read off the call's whole amount."""
    badges = tuple(
        badge
        for badge, shown in (
            ("reversed", facts.reversed and not facts.live_micros),
            ("fee", facts.fee),
            (f"round {facts.round}", facts.round > 1 and facts.stage in UNDECIDED),
        )
        if shown
    )
    if facts.stage is Stage.DRAFT:
        return Word("draft", "Draft")
    if facts.stage is Stage.WITHDRAWN:
        return Word("withdrawn", "Withdrawn", badges)
    if facts.stage in UNDECIDED or facts.stage is Stage.DECIDED:
        return Word("pending", "Pending", badges)
    if facts.outcome is Outcome.REJECTED:
        return Word("rejected", "Rejected", badges)
    if facts.live_micros:
        outcome = _live_outcome(facts)
        return Word(outcome.value, "Accepted" if outcome is Outcome.ACCEPTED else "Accepted Partial", badges)
    if facts.outcome is not None:
        full = facts.outcome is Outcome.ACCEPTED
        return Word(facts.outcome.value, "Accepted" if full else "Accepted Partial", badges)
    return Word("closed", facts.resolution or "Closed", badges)


def idi(facts: Facts) -> Word:
    """The shape of IDI CostGuard: open or closed, with the resolution in words."""
    if facts.stage is Stage.DRAFT:
        return Word("none", "no record")
    if facts.stage is Stage.WITHDRAWN:
        return Word("closed", "Withdrawn")
    if facts.stage in UNDECIDED or facts.stage is Stage.DECIDED:
        return Word("open", facts.resolution or "open")
    if facts.outcome is Outcome.REJECTED:
        return Word("denied", facts.resolution or "Denied")
    if facts.fee:
        return Word("fee", facts.resolution or "reversalFeeAdjustmentID set")
    if facts.reversed and not facts.live_micros:
        return Word("reversed", facts.resolution or "reversalAdjustmentID set")
    if facts.live_micros:
        return Word("adjusted", facts.resolution or "adjustmentID set")
    return Word("closed", facts.resolution or "closeDate set")


def service_direct(facts: Facts) -> Word:
    """Not Reviewed, Submitted for Review, In Review, Review Completed (Service Direct)."""
    if facts.stage in {Stage.DRAFT, Stage.WITHDRAWN}:
        return Word("not_reviewed", "Not Reviewed")
    if facts.stage in {Stage.PENDING, Stage.INFO_NEEDED}:
        return Word("submitted", "Submitted for Review")
    if facts.stage in {Stage.IN_REVIEW, Stage.DECIDED}:
        return Word("in_review", "In Review")
    return Word("completed", "Review Completed")


def billability(facts: Facts) -> Word:
    """What the ledger says of the charge: billable, reduced or non-billable."""
    if not facts.live_micros:
        return Word("billable", "Billable")
    if facts.live_micros >= facts.billed_micros:
        return Word("non_billable", "Non-billable")
    return Word("reduced", "Reduced")


def elocal(facts: Facts) -> Word:
    """Billed, Credit requested, In review, Approved, Declined (eLocal)."""
    if facts.stage in {Stage.DRAFT, Stage.WITHDRAWN}:
        return Word("billed" if facts.stage is Stage.DRAFT else "withdrawn", facts.stage.value.capitalize())
    if facts.stage in UNDECIDED and facts.round > 1:
        return Word("re_review", "Re-review")
    if facts.stage in {Stage.PENDING, Stage.INFO_NEEDED}:
        return Word("requested", "Credit requested")
    if facts.stage in {Stage.IN_REVIEW, Stage.DECIDED}:
        return Word("in_review", "In review")
    if facts.outcome is Outcome.REJECTED:
        return Word("declined", "Declined")
    if facts.live_micros:
        full = _live_outcome(facts) is Outcome.ACCEPTED
        return Word("approved" if full else "approved_part", "Approved" if full else "Approved in part")
    if facts.reversed:
        return Word("re_reviewed", "Re-reviewed")
    return Word("declined", facts.resolution or "Declined")


VOCABULARIES: Mapping[str, Callable[[Facts], Word]] = {
    "dialics": dialics,
    "idi": idi,
    "service_direct": service_direct,
    "billability": billability,
    "elocal": elocal,
}
"""One pure function per vocabulary."""


def word_of(facts: Facts, settings: Mapping[str, object]) -> Word:
    """The program's own word: its vocabulary's key, labeled by its ``status_words`` where it has one."""
    word = VOCABULARIES[str(settings.get("vocabulary", "dialics"))](facts)
    labels = settings.get("status_words")
    if isinstance(labels, Mapping) and word.key in labels:
        return Word(word.key, str(labels[word.key]), word.badges)
    return word
