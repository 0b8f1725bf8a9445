"""What stands in the way of a guided dispute."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class GuidedEnded(Refusal):
    """This dispute was {state} meanwhile; nothing in it can be changed any more."""

    code = "GUIDED_ENDED"


class GuidedChanged(Refusal):
    """This dispute was changed in another window meanwhile. What you typed here is kept on this page."""

    code = "GUIDED_CHANGED"


class BillRequired(Refusal):
    """Please choose a bill."""

    code = "BILL_REQUIRED"
    status = 422


class BillNotIssued(Refusal):
    """Bill {number} is not issued yet. Only billed items can be disputed."""

    code = "INVOICE_NOT_ISSUED"
    status = 422


class ChargesRequired(Refusal):
    """Please choose at least one charge."""

    code = "CHARGES_REQUIRED"
    status = 422


class TooManyCharges(Refusal):
    """At most {most} charges go into one dispute."""

    code = "TOO_MANY_CHARGES"
    status = 422


class ChargeNotOnBill(Refusal):
    """One of the charges is not on bill {number}."""

    code = "CHARGE_NOT_ON_BILL"
    status = 422


class LinesNotValid(Refusal):
    """{count} of {all} lines are not valid: correct the amount, drop the line, or override it with a cause."""

    code = "LINES_NOT_VALID"
    status = 422


class RepresentativeUnknown(Refusal):
    """That person may not file disputes for this customer."""

    code = "REPRESENTATIVE_UNKNOWN"
    status = 422
