"""Pure words of imports."""

from __future__ import annotations

from enum import StrEnum


class Container(StrEnum):
    """How a file holds its records."""

    CSV = "csv"
    JSON = "json"
    JSON_LINES = "json_lines"


class CorrectionState(StrEnum):
    """What became of a proposed correction."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


UNROUTED = "unrouted"
"""Number of the house customer that calls without a buyer are booked on."""
UNROUTED_NAME = "Not routed to a buyer"

PARTY_FAULTS = frozenset({"UNKNOWN_CUSTOMER", "UNKNOWN_VENDOR", "UNKNOWN_CAMPAIGN", "UNKNOWN_CATEGORY"})
"""What --create-parties mends."""


class BillFormat(StrEnum):
    """What a file of bills is."""

    TMF678 = "tmf678"
    TMF635 = "tmf635"
    CSV = "bill_csv"
