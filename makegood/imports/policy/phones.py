"""Telephone numbers as files write them: withheld words, and numbers that a spreadsheet damaged."""

from __future__ import annotations

import re
from decimal import Decimal

from makegood.kernel.phones import to_e164

_KEYS = {"2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS", "8": "TUV", "9": "WXYZ"}
_KEYPAD = {letter: digit for digit, letters in _KEYS.items() for letter in letters}
_SPELLED = ("ANONYMOUS", "RESTRICTED", "BLOCKED", "UNKNOWN", "UNAVAILABLE")
WITHHELD_WORDS = frozenset(
    {word.lower() for word in _SPELLED}
    | {"private", "withheld", "no caller id", "not available", "none", "null", "n/a"}
)
WITHHELD_NUMBERS = tuple("+" + "".join(_KEYPAD[letter] for letter in word) for word in _SPELLED)
"""The words dialed on a keypad: what carriers send as the number of a caller who withheld it."""

_FORMULA = re.compile(r'^=?"*(?P<inner>[^"]*)"*$')
_FLOAT = re.compile(r"^\d+([.]\d+)?([eE][+]?\d{1,2})?$")
_DIALABLE = re.compile(r"\d")
_LEAST_DIGITS = 7


def _mended(text: str) -> str:
    match = _FORMULA.match(text)
    inner = match["inner"].strip() if match else text
    if _FLOAT.match(inner) and ("." in inner or "e" in inner.lower()):
        number = Decimal(inner)
        if number == number.to_integral_value():
            return str(int(number))
    return inner


def normalized(text: str) -> str | None:
    """The number as E.164, or None when it is withheld or no telephone number."""
    mended = _mended(text)
    if mended.lower() in WITHHELD_WORDS or mended.startswith("*") or len(_DIALABLE.findall(mended)) < _LEAST_DIGITS:
        return None
    number = to_e164(mended)
    return None if number in WITHHELD_NUMBERS else number
