"""What happened to one dispute, as a plan: who filed what, and each thing that was done to it afterward. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from makegood.project.demo.people import Person


class Did(StrEnum):
    """What was done to a dispute."""

    ACCEPT = "accept"
    PARTIAL = "partial"
    REJECT = "reject"
    ADJUST = "adjust"
    REVERSE = "reverse"
    FEE = "fee"
    CLOSE = "close"
    REOPEN = "reopen"
    RE_REVIEW = "re-review"
    ASK = "ask"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    CLAIM = "claim"


@dataclass(frozen=True)
class Deed:
    """One thing that somebody did at a moment. ``micros`` for money, ``words`` for whatever is written with it.

    ``line`` is the place of the item it was done to; None for all of them.
    """

    at: datetime
    did: Did
    by: Person
    micros: int | None = None
    words: str = ""
    finding: str = ""
    resolution: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Contest:
    """One filing: the items by their id at the source, in one case when there are several.

    ``is_guided`` goes through the steps of the pages, with ``about`` (its type) and ``reasons`` by item (empty: one for
    all).
    """

    source: str
    items: tuple[str, ...]
    by: Person
    filed_at: datetime
    reason: str
    explanation: str
    micros: int | None = None
    resolution: str = ""
    deeds: tuple[Deed, ...] = ()
    is_guided: bool = False
    about: str = ""
    reasons: tuple[str, ...] = ()
