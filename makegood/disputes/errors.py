"""What disputes refuses. Each class is a stable code; its docstring is the sentence a person reads."""

from __future__ import annotations

from typing import Any

from makegood.kernel.errors import Refusal


class BlockedByRule(Refusal):
    """{sentence}"""

    code = "BLOCKED_BY_RULE"
    status = 422

    def __init__(self, rule: str, sentence: str, **fields: Any) -> None:
        super().__init__(sentence=sentence, **fields)
        self.__dict__["code"] = rule  # the rule's own code is what the answer carries


class AlreadyDisputed(Refusal):
    """A dispute on this item is already open."""

    code = "ALREADY_DISPUTED"


class ChargeCorrected(Refusal):
    """This item was corrected; the charge that stands in its place can be disputed."""

    code = "CHARGE_CORRECTED"


class AmountExceedsRemaining(Refusal):
    """Only {remaining} of this charge is left."""

    code = "AMOUNT_EXCEEDS_REMAINING"
    status = 422


class AmountNotPositive(Refusal):
    """The amount has to be above zero."""

    code = "AMOUNT_NOT_POSITIVE"
    status = 422


class PartialOutOfRange(Refusal):
    """A part is above zero and below the asked amount of {asked}."""

    code = "PARTIAL_OUT_OF_RANGE"
    status = 422


class ReasonRequired(Refusal):
    """Please choose a reason that this program offers."""

    code = "REASON_REQUIRED"
    status = 422


class ExplanationRequired(Refusal):
    """Please add a few words that explain it."""

    code = "EXPLANATION_REQUIRED"
    status = 422


class UnknownType(Refusal):
    """ "{type}" is nothing a dispute can be about; it is billing, product, fraud or quality."""

    code = "UNKNOWN_TYPE"
    status = 422


class UnknownResolution(Refusal):
    """ "{resolution}" is no resolution of this program."""

    code = "UNKNOWN_RESOLUTION"
    status = 422


class MixedSubmission(Refusal):
    """Charges filed together belong to one program, customer and currency, and to the invoice that is named."""

    code = "MIXED_SUBMISSION"
    status = 422


class NoBudget(Refusal):
    """Nothing is granted without a person in this program."""

    code = "NO_BUDGET"


class BudgetUsedUp(Refusal):
    """What may be granted without a person is used up for this {period}; somebody decides."""

    code = "BUDGET_USED_UP"


class NotForDeciders(Refusal):
    """Whoever decides does not change what was asked; a part of it can be granted."""

    code = "NOT_FOR_DECIDERS"
    status = 403


class WrongStage(Refusal):
    """{number} is {stage}, so this step is not possible."""

    code = "WRONG_STAGE"


class AlreadyDecided(Refusal):
    """{number} was already decided."""

    code = "ALREADY_DECIDED"


class DisputeClosed(Refusal):
    """{number} is closed and cannot be changed."""

    code = "DISPUTE_CLOSED"


class VersionMismatch(Refusal):
    """{number} was changed meanwhile. Look at it again, then repeat the step."""

    code = "VERSION_MISMATCH"
    status = 412


class Leased(Refusal):
    """{number} is being reviewed by {assignee}."""

    code = "LEASED"


class NotYours(Refusal):
    """{number} is not in your hands."""

    code = "NOT_YOURS"
    status = 403


class OverLimit(Refusal):
    """This is above the amount you may decide alone ({limit})."""

    code = "OVER_LIMIT"
    status = 403


class PersonRequired(Refusal):
    """Only a person can refuse a dispute."""

    code = "PERSON_REQUIRED"
    status = 403


class WindowEnded(Refusal):
    """The time to undo {number} is over; the money has moved."""

    code = "UNDO_WINDOW_ENDED"


class DecisionNotOffered(Refusal):
    """This program does not offer that decision."""

    code = "DECISION_NOT_OFFERED"
    status = 422


class CreditLive(Refusal):
    """A credit of {number} is live; reverse it before refusing."""

    code = "CREDIT_LIVE"


class LaterRound(Refusal):
    """{number} is in a later round; close it instead of withdrawing it."""

    code = "LATER_ROUND"


class FieldNotEditable(Refusal):
    """ "{field}" cannot be changed here."""

    code = "FIELD_NOT_EDITABLE"
    status = 422


class PolicyMissing(Refusal):
    """The program "{program}" has no published policy yet."""

    code = "POLICY_MISSING"


class PolicyNotReadable(Refusal):
    """The policy cannot be published: {cause}."""

    code = "POLICY_NOT_READABLE"
    status = 422


class VersionUnknown(Refusal):
    """The policy has no version {number}."""

    code = "VERSION_UNKNOWN"
    status = 404


class UnknownClawback(Refusal):
    """ "{mode}" is not a way to claw back; it is none, proportional, full_on_accept or capped_at_credit."""

    code = "UNKNOWN_CLAWBACK"
    status = 422


class ClawbackOutOfRange(Refusal):
    """At most {most} can be taken back from the vendor."""

    code = "CLAWBACK_OUT_OF_RANGE"
    status = 422


class AmountExceedsAsked(Refusal):
    """At most the asked amount of {asked} can be credited."""

    code = "AMOUNT_EXCEEDS_ASKED"
    status = 422


class OtherReviewer(Refusal):
    """You decided {number} before; somebody else reviews it this time."""

    code = "OTHER_REVIEWER"
    status = 403


class QuestionRequired(Refusal):
    """Please say what you need to know."""

    code = "QUESTION_REQUIRED"
    status = 422


class AnswerRequired(Refusal):
    """Please answer the question."""

    code = "ANSWER_REQUIRED"
    status = 422


class CauseRequired(Refusal):
    """Please say why."""

    code = "CAUSE_REQUIRED"
    status = 422


class NothingToReverse(Refusal):
    """{number} has no credit that could be reversed."""

    code = "NOTHING_TO_REVERSE"


class NothingReversed(Refusal):
    """{number} has no reversal without a fee."""

    code = "NOTHING_REVERSED"


class FeeNotOffered(Refusal):
    """This program charges no fee for a reversal."""

    code = "FEE_NOT_OFFERED"


class FeeOutOfRange(Refusal):
    """A fee is above zero and at most {most}."""

    code = "FEE_OUT_OF_RANGE"
    status = 422


class ReopenNotOffered(Refusal):
    """In this program a decision is final; {number} cannot be reopened."""

    code = "REOPEN_NOT_OFFERED"


class ReopenWindowEnded(Refusal):
    """{number} could be reopened until {until}."""

    code = "REOPEN_WINDOW_ENDED"


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


class StatementTooEarly(Refusal):
    """A statement closes days that have come; {day} has not."""

    code = "STATEMENT_TOO_EARLY"
    status = 422


class NoClockDue(Refusal):
    """No clock of {number} is due."""

    code = "NO_CLOCK_DUE"


class BadWeekdays(Refusal):
    """A calendar is open on at least one day of the week, Monday (0) to Sunday (6)."""

    code = "BAD_WEEKDAYS"
    status = 422


class Conflict(Refusal):
    """Somebody else changed this at the same moment. Look at it again, then repeat the step."""

    code = "CONFLICT"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "no_over_credit": AmountExceedsRemaining,
    "one_open_dispute_per_charge": AlreadyDisputed,
    "one_decision_per_round": AlreadyDecided,
    "one_credit_per_round": AlreadyDecided,
    "adjustment_once": AlreadyDecided,
    "dispute_closed": DisputeClosed,
}
"""Constraints that a lost race can reach, and the rule they read like. Any other name is a Conflict."""

TRIED_AGAIN = frozenset({"charge_balance_identity", "one_child_per_adjustment"})
"""Constraints that only say who wrote a row first: the row is there now, so the same item is judged again.

PostgreSQL may report a second unique index of the row although the statement names the first in ON CONFLICT. And what
a statement reads of adjustments is as old as the statement, while the dispute it waited for is not.
"""
