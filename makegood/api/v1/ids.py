"""The ids of the native service: a prefix says what it is. Those of charges, decisions and reviews are numbers."""

from __future__ import annotations

import re

CHARGE, DECISION, DISPUTE, REVIEW, SUBMISSION = "chg", "dec", "dsp", "rvw", "sub"
_NUMBERED = re.compile(r"(?P<kind>[a-z]{3})_(?P<number>[1-9]\d{0,17})", re.ASCII)
LONGEST = 40


def numbered(kind: str, number: int) -> str:
    """The id of a thing that is numbered: ``chg_12``."""
    return f"{kind}_{number}"


def number_of(kind: str, text: str) -> int | None:
    """The number in an id of that kind; None for any other text."""
    found = _NUMBERED.fullmatch(text)
    return int(found["number"]) if found and found["kind"] == kind else None


def spoken(text: str) -> str:
    """An id as a refusal repeats it."""
    return text if len(text) <= LONGEST and text.isprintable() else text[:LONGEST].encode("ascii", "replace").decode()
