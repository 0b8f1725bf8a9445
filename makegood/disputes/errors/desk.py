"""What stands in the way of a second signature, and of who is to work on a dispute."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class Recommended(Refusal):
    """{number} waits for a second signature; go on when somebody answered, or its author took it back."""

    code = "RECOMMENDED"


class WithinLimit(Refusal):
    """You may decide {number} alone; it needs no second signature."""

    code = "WITHIN_LIMIT"


class NothingToSign(Refusal):
    """{number} does not wait for a second signature."""

    code = "NOTHING_TO_SIGN"


class AlreadyAnswered(Refusal):
    """The decision of {number} was {state} meanwhile."""

    code = "ALREADY_ANSWERED"


class OwnRecommendation(Refusal):
    """Nobody signs their own decision; somebody else has to answer {number}."""

    code = "OWN_RECOMMENDATION"
    status = 403


class RecommendationStale(Refusal):
    """{number} is no longer what was recommended. Decline, so that its author can look at it again."""

    code = "RECOMMENDATION_STALE"


class OutOfTurn(Refusal):
    """{oldest} has waited longer than {number}, and this program works in order of arrival. Say why it has to wait."""

    code = "OUT_OF_TURN"


class AlreadyYours(Refusal):
    """{number} is in your hands already."""

    code = "ALREADY_YOURS"


class AssigneeUnknown(Refusal):
    """That person may not decide {number}."""

    code = "ASSIGNEE_UNKNOWN"
    status = 422


class SnoozeOutOfRange(Refusal):
    """Choose a time within the next {days} days."""

    code = "SNOOZE_OUT_OF_RANGE"
    status = 422


class AlreadyEscalated(Refusal):
    """{number} is with the leads already."""

    code = "ALREADY_ESCALATED"


class NotEscalated(Refusal):
    """{number} is not with the leads."""

    code = "NOT_ESCALATED"


class DuplicateUnknown(Refusal):
    """ "{of}" is not a dispute that {number} could repeat."""

    code = "DUPLICATE_UNKNOWN"
    status = 422
