"""Why a proposed correction is not settled."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class CorrectionSettled(Refusal):
    """This correction was {state} already."""

    code = "CORRECTION_SETTLED"
    status = 409


class ChargeInDispute(Refusal):
    """Dispute {number} on this charge is open; what it is about cannot change under it. Accept the correction once the
    dispute is closed."""

    code = "CHARGE_IN_DISPUTE"
    status = 409


class MoneyMoved(Refusal):
    """A credit on this charge stands, reckoned from what was billed. Reverse it first; then the correction can be
    accepted."""

    code = "MONEY_MOVED"
    status = 409
