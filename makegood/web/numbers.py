"""Whole numbers as addresses and forms carry them, within what a column can hold."""

from __future__ import annotations

from makegood.kernel.paging import whole

LONGEST = 19
LARGEST_VERSION = 2**31 - 1


def row_id(text: str) -> int | None:
    """The id that a text names; None for anything that no row can have."""
    return whole(int(text)) if text.isdecimal() and len(text) <= LONGEST else None


def version_of(text: str) -> int | None:
    """The version that a form was made from; None where it names none. An unreadable one fits no row."""
    if not text:
        return None
    found = row_id(text)
    return LARGEST_VERSION if found is None else min(found, LARGEST_VERSION)


class DisputeNumber:
    """A dispute's number in an address: ``10003``, or ``10003.2`` for a line of a case."""

    regex = r"[0-9]{1,18}(?:[.][0-9]{1,5})?"

    def to_python(self, value: str) -> str:
        """The number as it was written."""
        return value

    def to_url(self, value: object) -> str:
        """The number as addresses carry it."""
        return str(value)
