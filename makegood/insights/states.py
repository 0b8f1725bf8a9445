"""Pure words of insights: what figures can be grouped by, and what is counted."""

from __future__ import annotations

from enum import StrEnum


class By(StrEnum):
    """What figures are grouped by; the value is the column."""

    DAY = "day"
    PROGRAM = "program_id"
    CUSTOMER = "customer_id"
    VENDOR = "vendor_id"
    CAMPAIGN = "campaign_id"
    CATEGORY = "category_id"
    REASON = "reason_id"


class Measure(StrEnum):
    """What rates are looked at."""

    DISPUTED = "disputed"
    ACCEPTED = "accepted"
    INVALID = "invalid"


class Counted(StrEnum):
    """Which disputes a mark counts."""

    DISPUTED = "disputed"
    DECIDED = "decided"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    INVALID = "invalid"
    OPEN = "open"


DIMENSIONS = (
    "program_id",
    "day",
    "customer_id",
    "vendor_id",
    "campaign_id",
    "category_id",
    "reason_id",
    "currency",
    "payout_currency",
)
"""What one row of the roll-up is about; the row without a reason holds what was billed."""

COUNTS = (
    "charges",
    "billed",
    "disputes",
    "accepted",
    "accepted_partial",
    "rejected",
    "withdrawn",
    "closed",
    "open",
    "automatic",
    "invalid",
    "credits",
    "reversals",
    "fees",
)
"""Counts of a row; they add up over any rows."""

AMOUNTS = (
    "billed_micros",
    "asked_micros",
    "decided_asked_micros",
    "decided_micros",
    "credited_micros",
    "reversed_micros",
    "fee_micros",
)
"""Amounts in the currency of the charge."""

PAYOUT_AMOUNTS = ("payout_micros", "clawed_micros", "returned_micros")
"""Amounts in the currency of the payout."""

FIGURES = (*COUNTS, *AMOUNTS, *PAYOUT_AMOUNTS)
