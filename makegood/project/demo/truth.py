"""What a made-up call really was. The log never says so; reviewers of the demo find out by listening."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What happened on the call."""

    ORDINARY = "ordinary"
    PRICE_SHOPPER = "price_shopper"
    EXISTING_CUSTOMER = "existing_customer"
    INFORMATION_ONLY = "information_only"
    ROBOCALL = "robocall"
    SOLICITOR = "solicitor"
    PRANK = "prank"
    DEAD_AIR = "dead_air"
    WRONG_SERVICE = "wrong_service"
    OUT_OF_AREA = "out_of_area"
    WRONG_NUMBER = "wrong_number"
    DUPLICATE = "duplicate"
    NEVER_CONNECTED = "never_connected"
    BOT_BURST = "bot_burst"


REASONS: dict[Kind, str] = {
    Kind.ROBOCALL: "BOT",
    Kind.BOT_BURST: "BOT",
    Kind.SOLICITOR: "SPAM",
    Kind.PRANK: "PRANK",
    Kind.DEAD_AIR: "TECHNICAL",
    Kind.NEVER_CONNECTED: "TECHNICAL",
    Kind.DUPLICATE: "DUPLICATE",
    Kind.WRONG_SERVICE: "NOT_QUALIFIED",
    Kind.OUT_OF_AREA: "NOT_QUALIFIED",
    Kind.WRONG_NUMBER: "NOT_QUALIFIED",
}
"""The right reason to dispute a call that should not have been billed."""

SOFT = (Kind.PRICE_SHOPPER, Kind.EXISTING_CUSTOMER, Kind.INFORMATION_ONLY)
"""Calls that disappoint a buyer and are owed all the same."""

HEADER = ("call_id", "buyer", "vendor", "billed_at", "kind")


@dataclass(frozen=True)
class Truth:
    """The truth about one billed call that somebody might dispute."""

    call_id: str
    buyer: str
    vendor: str
    billed_at: datetime
    kind: Kind

    @property
    def is_invalid(self) -> bool:
        """Whether the buyer is right to ask for its money back."""
        return self.kind in REASONS


def read(path: Path) -> Iterator[Truth]:
    """The table written beside the log, in order of time."""
    with path.open(newline="", encoding="ascii") as file:
        for row in csv.DictReader(file):
            yield Truth(
                call_id=row["call_id"],
                buyer=row["buyer"],
                vendor=row["vendor"],
                billed_at=datetime.fromtimestamp(int(row["billed_at"]), UTC),
                kind=Kind(row["kind"]),
            )
