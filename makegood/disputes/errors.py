"""What disputes refuses. Each class is a stable code; its docstring is the sentence a person reads."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class AmountNotFull(Refusal):
    """{sentence}"""

    code = "AMOUNT_NOT_FULL"
    status = 422


class AlreadyDisputed(Refusal):
    """A dispute on this item is already open."""

    code = "ALREADY_DISPUTED"


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


class UnknownClawback(Refusal):
    """ "{mode}" is not a way to claw back; it is none or proportional."""

    code = "UNKNOWN_CLAWBACK"
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

TRIED_AGAIN = frozenset({"charge_balance_identity"})
"""Constraints that only say who opened a row first: the row is there now, so the same item is judged again.

PostgreSQL may report a second unique index of the row although the statement names the first in ON CONFLICT.
"""
