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
