"""Amounts as people type them at the desk: ``25``, ``$25.00``, ``1,234.50``, ``50%``, ``1/3``, ``-20`` (leave 20)."""

from __future__ import annotations

import re
from fractions import Fraction

from makegood.kernel.errors import BadAmount
from makegood.kernel.money import parse_amount, symbol
from makegood.kernel.rounding import partial_by_percent

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")
_FRACTION = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})")
_PLAIN = re.compile(r"(-?)\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)")
_GROUPED_ONLY = re.compile(r"\d{1,3},\d{3}")
_COMMAS = re.compile(r"[^,]*|[^\d,]*\d{1,3}(?:,\d{3})+(?:\.\d*)?\s*")


def without_commas(text: str) -> str:
    """The same amount without the commas between its thousands.

    Raises BadAmount where one stands elsewhere, as in ``12,50``.
    """
    if _COMMAS.fullmatch(text) is None:
        raise BadAmount(text=text)
    return text.replace(",", "")


def typed_amount(text: str, *, whole: int, remaining: int, currency: str) -> int:
    """Micros meant by ``text`` as a part of ``whole``; a percentage or fraction rounds in the buyer's favor.

    Raises BadAmount for what cannot be read, or could be read in two ways ("1,234").
    """
    plain = text.replace(symbol(currency), "").replace(currency, "").strip()
    if found := _PERCENT.fullmatch(plain):
        return _part(Fraction(found[1]), text, whole, remaining, currency)
    if found := _FRACTION.fullmatch(plain):
        if int(found[2]) == 0:
            raise BadAmount(text=text)
        return _part(100 * Fraction(int(found[1]), int(found[2])), text, whole, remaining, currency)
    found = _PLAIN.fullmatch(plain)
    if found is None or _GROUPED_ONLY.fullmatch(found[2]):
        raise BadAmount(text=text)
    micros = parse_amount(found[2].replace(",", ""), currency)
    return whole - micros if found[1] else micros


def _part(percent: Fraction, text: str, whole: int, remaining: int, currency: str) -> int:
    if percent > 100:
        raise BadAmount(text=text)
    return partial_by_percent(whole, percent, min(whole, remaining), currency)
