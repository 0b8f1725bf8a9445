"""Where a dispute stands, so that a step is not possible."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class WrongStage(Refusal):
    """{number} is {stage}, so this step is not possible."""

    code = "WRONG_STAGE"


class InAReviewersHands(Refusal):
    """{number} is in a reviewer's hands at this moment, and nothing was changed. Try again in a minute."""

    code = "IN_A_REVIEWERS_HANDS"


class AlreadyDecided(Refusal):
    """{number} was already decided."""

    code = "ALREADY_DECIDED"


class DecisionPending(Refusal):
    """A decision of {number} waits until its time to undo is over; then go on."""

    code = "DECISION_PENDING"


class AlreadyAdjusted(Refusal):
    """{number} was already credited in this round."""

    code = "ALREADY_ADJUSTED"


class DisputeClosed(Refusal):
    """{number} is {state} and cannot be changed."""

    code = "DISPUTE_CLOSED"


class AlreadyClosed(Refusal):
    """{number} is already {state}."""

    code = "ALREADY_CLOSED"


class NotClosed(Refusal):
    """{number} is still open."""

    code = "NOT_CLOSED"


class VersionMismatch(Refusal):
    """{number} was changed meanwhile. Look at it again, then repeat the step."""

    code = "VERSION_MISMATCH"
    status = 412


class Conflict(Refusal):
    """Somebody else changed this at the same moment. Look at it again, then repeat the step."""

    code = "CONFLICT"
