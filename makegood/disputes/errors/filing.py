"""What stands in the way of a claim."""

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


class AmountNotWhole(Refusal):
    """An amount is a whole number of millionths of the currency."""

    code = "AMOUNT_NOT_WHOLE"
    status = 422


class AmountNotPositive(Refusal):
    """The amount has to be above zero."""

    code = "AMOUNT_NOT_POSITIVE"
    status = 422


class DisputingOff(Refusal):
    """Disputing is switched off for this account. An administrator can switch it on."""

    code = "DISPUTES_DISABLED"
    status = 403


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


class FieldNotEditable(Refusal):
    """ "{field}" cannot be changed here."""

    code = "FIELD_NOT_EDITABLE"
    status = 422


class NoBudget(Refusal):
    """Nothing is granted without a person in this program."""

    code = "NO_BUDGET"


class BudgetUsedUp(Refusal):
    """What may be granted without a person is used up for this {period}; somebody decides."""

    code = "BUDGET_USED_UP"
