"""What stands in the way of a review, a question or a decision."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class Leased(Refusal):
    """{number} is being reviewed by {assignee}."""

    code = "LEASED"


class NotYours(Refusal):
    """{number} is not in your hands."""

    code = "NOT_YOURS"
    status = 403


class OtherReviewer(Refusal):
    """You decided {number} before; somebody else reviews it this time."""

    code = "OTHER_REVIEWER"
    status = 403


class QuestionRequired(Refusal):
    """Please say what you need to know."""

    code = "QUESTION_REQUIRED"
    status = 422


class QuestionsOfTheDay(Refusal):
    """{number} takes {most} further questions a day, and has had them. Ask again after {again}."""

    code = "QUESTIONS_OF_THE_DAY"


class QuestionsUsedUp(Refusal):
    """{number} takes {most} further questions, and has had them. Write to the contact by e-mail."""

    code = "QUESTIONS_USED_UP"


class AnswerRequired(Refusal):
    """Please answer the question."""

    code = "ANSWER_REQUIRED"
    status = 422


class CommentRequired(Refusal):
    """Please write something."""

    code = "COMMENT_REQUIRED"
    status = 422


class DecisionNotOffered(Refusal):
    """This program does not offer that decision."""

    code = "DECISION_NOT_OFFERED"
    status = 422


class PartialOutOfRange(Refusal):
    """A part is above zero and below the asked amount of {asked}."""

    code = "PARTIAL_OUT_OF_RANGE"
    status = 422


class AmountExceedsAsked(Refusal):
    """At most the asked amount of {asked} can be credited."""

    code = "AMOUNT_EXCEEDS_ASKED"
    status = 422


class FindingUnknown(Refusal):
    """ "{finding}" is not among the findings of this decision."""

    code = "FINDING_UNKNOWN"
    status = 422


class NothingToHear(Refusal):
    """There is no recording in which a finding could be heard."""

    code = "NOTHING_TO_HEAR"
    status = 422


class TimeUnreadable(Refusal):
    """ "{text}" is not a time in the recording, such as 0:41."""

    code = "TIME_UNREADABLE"
    status = 422


class HeardBeyondRecording(Refusal):
    """The recording ends at {end}; a finding is heard before that."""

    code = "HEARD_BEYOND_RECORDING"
    status = 422


class OverLimit(Refusal):
    """This is above the amount you may decide alone ({limit} of one charge in all)."""

    code = "OVER_LIMIT"
    status = 403


class PersonRequired(Refusal):
    """Only a person can refuse a dispute."""

    code = "PERSON_REQUIRED"
    status = 403


class CreditLive(Refusal):
    """A credit of {number} is live; reverse it before refusing."""

    code = "CREDIT_LIVE"


class WindowEnded(Refusal):
    """The time to undo {number} is over; the money has moved."""

    code = "UNDO_EXPIRED"


class UnknownClawback(Refusal):
    """ "{mode}" is not a way to claw back; it is none, proportional, full_on_accept or capped_at_credit."""

    code = "UNKNOWN_CLAWBACK"
    status = 422


class ClawbackOutOfRange(Refusal):
    """At most {most} can be taken back from the vendor."""

    code = "CLAWBACK_OUT_OF_RANGE"
    status = 422
