"""Telephone numbers: E.164 at rest, masked on the way out."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

_VISIBLE = 4


@lru_cache(maxsize=65_536)
def to_e164(text: str, region: str = "US") -> str | None:
    """The number as ``+12025550123``, or None when the text is no telephone number (withheld, extension)."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask(e164: str | None) -> str:
    """The number with only its last four digits readable: ``+1 *** *** 0142``; empty when withheld."""
    if not e164:
        return ""
    if e164.startswith("+1") and len(e164) == len("+12025550123"):
        return f"+1 *** *** {e164[-_VISIBLE:]}"
    return f"{e164[:3]} *** {e164[-_VISIBLE:]}"


@lru_cache(maxsize=65_536)
def readable(e164: str | None) -> str:
    """The number as people write it across borders: ``+1 202-555-0123``."""
    if not e164:
        return ""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
