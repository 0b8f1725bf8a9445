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


class RoundOrigin(StrEnum):
    """How a round of a dispute began."""

    FILED = "filed"
    REOPENED = "reopened"
    RE_REVIEW = "re_review"


class CommentKind(StrEnum):
    """What a comment is: a note, or a reviewer's question and the answer to it."""

    NOTE = "note"
    QUESTION = "question"
    ANSWER = "answer"


class Visibility(StrEnum):
    """Who reads a comment: the deciding side alone, or the submitter side too."""

    INTERNAL = "internal"
    PARTIES = "parties"


class ClockKind(StrEnum):
    """What a clock of a dispute waits for."""

    FIRST_TOUCH = "first_touch"
    DECISION = "decision"
    INFO = "info"
    RE_REVIEW = "re_review"


DECIDING_CLOCKS = frozenset({ClockKind.DECISION, ClockKind.RE_REVIEW})


class ClockUnit(StrEnum):
    """How a clock counts: elapsed hours, whole business days, business days to the same time, or open hours."""

    WALL = "wall"
    BUSINESS_DAYS = "business_days"
    SAME_TIME = "same_time"
    OPEN_HOURS = "open_hours"


class ClockOutcome(StrEnum):
    """How a clock ended."""

    RUNNING = "running"
    MET = "met"
    MISSED = "missed"


class PartyKind(StrEnum):
    """With whom a statement is settled: who pays charges, or who is paid for them."""

    CUSTOMER = "customer"
    VENDOR = "vendor"


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


class RecommendationState(StrEnum):
    """What became of a decision that needs a second signature."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class DecisionState(StrEnum):
    """Whether a decision still waits in its undo window."""

    HELD = "held"
    COMMITTED = "committed"
    UNDONE = "undone"


class PlanVerb(StrEnum):
    """What a bulk plan does to each of its disputes."""

    ACCEPT = "accept"
    PARTIAL = "partial"
    REJECT = "reject"
    ADJUST = "adjust"
    REVERSE = "reverse"
    CLOSE = "close"
    REOPEN = "reopen"
    ASSIGN = "assign"


DECIDING_PLANS = frozenset({PlanVerb.ACCEPT, PlanVerb.PARTIAL, PlanVerb.REJECT})
"""Plans whose effect waits in the undo window."""


class PlanState(StrEnum):
    """How far a bulk plan has come."""

    DRAFT = "draft"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    UNDONE = "undone"


class RowState(StrEnum):
    """What became of one dispute of a bulk plan."""

    EXCLUDED = "excluded"
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"


class ReasonType(StrEnum):
    """What a reason is about."""

    BILLING = "billing"
    PRODUCT = "product"
    FRAUD = "fraud"
    QUALITY = "quality"


class ReviewState(StrEnum):
    """How far a review of the charge is that nobody disputed."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELED = "canceled"


class ReviewVerdict(StrEnum):
    """What a review of a charge that nobody disputed found."""

    BILLABLE = "billable"
    NON_BILLABLE = "non_billable"
    UNCLEAR = "unclear"


class ChosenBy(StrEnum):
    """Why a charge that nobody disputed is reviewed: it was drawn, or a rule picked it, or a person did."""

    RANDOM = "random"
    NEW_VENDOR = "new_vendor"
    SHORT = "short"
    NO_SPEECH = "no_speech"
    REPEAT_CALLER = "repeat_caller"
    BY_HAND = "by_hand"


@dataclass(frozen=True)
class Facts:
    """What the words are derived from. ``live_micros`` is the credit that stands now; ``billed_micros`` the charge.

    ``stage`` None means that there is no dispute; ``review`` tells of a proactive review then (or beside a draft).
    ``reversed`` says that a credit of an earlier or this decision was reversed, ``fee`` that a reversal fee stands,
    ``non_billable`` that the reason of a live credit takes the whole charge off the bill, whatever its amount.
    """

    stage: Stage | None = None
    outcome: Outcome | None = None
    live_micros: int = 0
    billed_micros: int = 0
    reversed: bool = False
    fee: bool = False
    round: int = 1
    resolution: str = ""
    review: ReviewState | None = None
    non_billable: bool = False

    @property
    def is_filed(self) -> bool:
        """Whether a dispute was handed in; a draft is nobody's business but its author's."""
        return self.stage not in {None, Stage.DRAFT}

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is decided as far as the parties may know: an undo window is nobody's news."""
        return self.stage in UNDECIDED or self.stage is Stage.DECIDED


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
            (f"round {facts.round}", facts.round > 1 and facts.is_waiting),
        )
        if shown
    )
    if not facts.is_filed:
        return Word("draft", "Draft") if facts.stage else Word("none", "Not disputed")
    if facts.stage is Stage.WITHDRAWN:
        return Word("withdrawn", "Withdrawn", badges)
    if facts.is_waiting:
        return Word("pending", "Pending", badges)
    if facts.outcome is Outcome.REJECTED:
        return Word("rejected", "Rejected", badges)
    outcome = _live_outcome(facts) if facts.live_micros else facts.outcome
    if outcome is None:
        return Word("closed", facts.resolution or "Closed", badges)
    return Word(outcome.value, "Accepted" if outcome is Outcome.ACCEPTED else "Accepted Partial", badges)


def idi(facts: Facts) -> Word:
    """The shape of IDI CostGuard: open or closed, with the resolution in words; the latest credit is what it shows."""
    if not facts.is_filed:
        return Word("none", "no record")
    if facts.stage is Stage.WITHDRAWN:
        return Word("closed", "Withdrawn")
    if facts.is_waiting:
        return Word("open", facts.resolution or "open")
    if facts.outcome is Outcome.REJECTED:
        return Word("denied", facts.resolution or "Denied")
    if facts.outcome is None:
        return Word("closed", facts.resolution or "closeDate set")
    if facts.live_micros:
        full = facts.outcome is Outcome.ACCEPTED
        shape = "adjustmentID set" if full else "adjustmentAmount above -amount"
        return Word("adjusted" if full else "adjusted_part", facts.resolution or shape)
    shape = "reversalFeeAdjustmentID set" if facts.fee else "reversalAdjustmentID set"
    return Word("fee" if facts.fee else "reversed", facts.resolution or shape)


_REVIEWS: Mapping[ReviewState | None, Word] = {
    None: Word("not_reviewed", "Not Reviewed"),
    ReviewState.QUEUED: Word("not_reviewed", "Not Reviewed"),
    ReviewState.CANCELED: Word("not_reviewed", "Not Reviewed"),
    ReviewState.CLAIMED: Word("in_review", "In Review"),
    ReviewState.DONE: Word("completed", "Review Completed"),
}


def service_direct(facts: Facts) -> Word:
    """Not Reviewed, Submitted for Review, In Review, Review Completed (Service Direct)."""
    if not facts.is_filed:
        return _REVIEWS[facts.review]
    if facts.stage is Stage.WITHDRAWN:
        return _REVIEWS[None]
    if facts.stage in {Stage.PENDING, Stage.INFO_NEEDED}:
        return Word("submitted", "Submitted for Review")
    if facts.stage in {Stage.IN_REVIEW, Stage.DECIDED}:
        return _REVIEWS[ReviewState.CLAIMED]
    return _REVIEWS[ReviewState.DONE]


def billability(facts: Facts) -> Word:
    """What the ledger says of the charge: billable, reduced or non-billable; open while somebody reviews it unasked."""
    if not facts.is_filed and facts.review is ReviewState.CLAIMED:
        return Word("undetermined", "Undetermined")
    if not facts.live_micros:
        return Word("billable", "Billable")
    if facts.live_micros >= facts.billed_micros or facts.non_billable:
        return Word("non_billable", "Non-billable")
    return Word("reduced", "Reduced")


def elocal(facts: Facts) -> Word:
    """Billed, Credit requested, In review, Approved, Declined (eLocal)."""
    if not facts.is_filed:
        return Word("billed", "Billed")
    if facts.stage is Stage.WITHDRAWN:
        return Word("withdrawn", "Withdrawn")
    if facts.is_waiting and facts.round > 1:
        return Word("re_review", "Re-review")
    if facts.stage in {Stage.PENDING, Stage.INFO_NEEDED}:
        return Word("requested", "Credit requested")
    if facts.stage in {Stage.IN_REVIEW, Stage.DECIDED}:
        return Word("in_review", "In review")
    if facts.outcome is Outcome.REJECTED:
        return Word("declined", "Declined")
    if facts.live_micros:
        part = facts.outcome is Outcome.ACCEPTED_PARTIAL
        return Word("approved_part", "Approved in part") if part else Word("approved", "Approved")
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
