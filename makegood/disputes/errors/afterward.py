"""What stands in the way of what follows a decision: reversal, fee, a further round."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class NotAdjusted(Refusal):
    """{number} has no credit that could be reversed."""

    code = "NOT_ADJUSTED"


class AlreadyReversed(Refusal):
    """The credit of {number} was already reversed."""

    code = "ALREADY_REVERSED"


class NotReversed(Refusal):
    """{number} has no reversal that a fee could be charged for."""

    code = "NOT_REVERSED"


class FeeAlreadyApplied(Refusal):
    """The fee for the reversal of {number} was already charged."""

    code = "FEE_ALREADY_APPLIED"


class FeeNotOffered(Refusal):
    """This program charges no fee for a reversal."""

    code = "FEE_NOT_OFFERED"
    status = 422


class FeeOutOfRange(Refusal):
    """A fee is above zero and at most {most}."""

    code = "FEE_OUT_OF_RANGE"
    status = 422


class LaterRound(Refusal):
    """{number} is in a later round; close it instead of withdrawing it."""

    code = "LATER_ROUND"


class CauseRequired(Refusal):
    """Please say why."""

    code = "CAUSE_REQUIRED"
    status = 422


class DecisionFinal(Refusal):
    """In this program a decision is final; {number} cannot be reopened."""

    code = "DECISION_FINAL"
    status = 422


class ReopenWindowExpired(Refusal):
    """{number} could be reopened until {until}."""

    code = "REOPEN_WINDOW_EXPIRED"
    status = 422


class ReReviewNotOffered(Refusal):
    """In this program a decision is final; {number} is not reviewed again."""

    code = "RE_REVIEW_NOT_OFFERED"


class ReReviewNotForYou(Refusal):
    """A re-review of {number} is asked for by {roles}."""

    code = "RE_REVIEW_NOT_FOR_YOU"
    status = 403


class RoundsUsedUp(Refusal):
    """{number} was reviewed {rounds} times; there is no further review."""

    code = "ROUNDS_USED_UP"


class AppealWindowEnded(Refusal):
    """A re-review of {number} could be asked for until {until}."""

    code = "APPEAL_WINDOW_ENDED"


class NotDecidedYet(Refusal):
    """{number} is not decided yet. A comment on it reaches the reviewer."""

    code = "NOT_DECIDED_YET"


class NobodyToAsk(Refusal):
    """Nobody is named for further questions about {number}. A comment on it reaches the review team."""

    code = "NOBODY_TO_ASK"
