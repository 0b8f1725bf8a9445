"""Pure words of the ledger."""

from __future__ import annotations

from enum import StrEnum


class AccountKind(StrEnum):
    """What an account stands for; the party or program it belongs to is in its key."""

    AR = "AR"
    WALLET = "WALLET"
    ACCRUED = "ACCRUED"
    REV_CONTRA = "REV_CONTRA"
    AP = "AP"
    PAYOUT_CONTRA = "PAYOUT_CONTRA"
    FEE_INCOME = "FEE_INCOME"
    TAX = "TAX"
    ROUNDING = "ROUNDING"
    SUSPENSE = "SUSPENSE"


class AdjustmentKind(StrEnum):
    """A credit to the customer, its exact inverse, or a fee for a reversal."""

    CREDIT = "credit"
    REVERSAL = "reversal"
    REVERSAL_FEE = "reversal_fee"


class EntryKind(StrEnum):
    """What an entry was posted for: an adjustment of that kind, or the settlement of a statement."""

    CREDIT = "credit"
    REVERSAL = "reversal"
    REVERSAL_FEE = "reversal_fee"
    SETTLEMENT = "settlement"


class ClawbackMode(StrEnum):
    """How much of the payout goes back when a charge is credited, always within what is left of the payout.

    In proportion to the credit; everything when the whole is accepted, else in proportion; as much as the credit.
    The last one needs one currency for both: between two it takes nothing back.
    """

    NONE = "none"
    PROPORTIONAL = "proportional"
    FULL_ON_ACCEPT = "full_on_accept"
    CAPPED_AT_CREDIT = "capped_at_credit"


WORDS: dict[AccountKind, str] = {
    AccountKind.AR: "Receivable from the customer",
    AccountKind.WALLET: "Prepaid balance of the customer",
    AccountKind.ACCRUED: "Accrued, not yet billed",
    AccountKind.REV_CONTRA: "Revenue given back",
    AccountKind.AP: "Payable to the vendor",
    AccountKind.PAYOUT_CONTRA: "Payout taken back",
    AccountKind.FEE_INCOME: "Fee income",
    AccountKind.TAX: "Tax",
    AccountKind.ROUNDING: "Rounding",
    AccountKind.SUSPENSE: "Suspense",
}
"""What people read instead of an account's short name."""
