"""What billing refuses."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class BadCampaign(Refusal):
    """This cannot be kept: {problem}."""

    code = "BAD_CAMPAIGN"
    status = 422


class CurrencyChanged(Refusal):
    """This bill is in {currency}, the other one in {other}: amounts of different currencies are never compared."""

    code = "CURRENCY_CHANGED"
    status = 422


class NothingToCompare(Refusal):
    """There is nothing to compare this bill with: {why}."""

    code = "NOTHING_TO_COMPARE"
    status = 422
