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


class UploadState(StrEnum):
    """How far a file has come that was sent to the page."""

    MAPPING = "mapping"  # somebody says how to read it
    CHECKING = "checking"  # the worker tries it, storing nothing
    CHECKED = "checked"  # what it would do is known
    IMPORTING = "importing"  # the worker imports it
    DONE = "done"
    FAILED = "failed"  # it cannot be read so; the mapping can be changed
    DISCARDED = "discarded"


AT_WORK = frozenset({UploadState.CHECKING, UploadState.IMPORTING})
"""What the worker has to do with."""
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


PAYMENTS = "payment_csv"
"""What a file of payments is called among the formats."""
