"""What a line of a bill is called, whenever it is billed: its label without days, months and ordinals. Pure.

Taken out are days ("Oct 1", "1 October 2026", "10/1/2026", "2026-10-01"), spans of them ("1 Oct - 31 Oct", "Oct 1-31"),
a month with its year, a month that ends the label, places in a series ("5 of 24", "installment 5/24", "5th payment").
Numbers that name a product stay ("Fiber 500", "Block of 20 numbers"), and so does a label that is nothing but a day.
"""

from __future__ import annotations

import re
from functools import lru_cache

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = rf"(?:{'|'.join(_MONTHS)}|(?:{'|'.join(name[:3] for name in _MONTHS)}|sept)\b\.?)"
_YEAR = r"(?:19|20)\d\d"
_NTH = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_CLOCK = r"(?:,? ?[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?"
_TO = r" ?(?:-|\u2013|\u2014|\.\.+|to|until|till|through|thru|and) ?"
_DAY = "|".join((
    rf"{_YEAR}-\d\d-\d\d\b{_CLOCK}",
    rf"\d{{1,2}}[/.]\d{{1,2}}[/.](?:{_YEAR}|\d\d)\b",
    rf"(?<!of ){_NTH}\b(?: of)? {_MONTH}(?:,? {_YEAR}\b)?{_CLOCK}",
    rf"{_MONTH} {_NTH}\b(?!,?\d)(?:,? {_YEAR}\b)?{_CLOCK}",
    rf"{_MONTH},? {_YEAR}\b",
))  # fmt: skip
_SPANS = "|".join((
    rf"(?:{_DAY}){_TO}(?:{_DAY})",
    rf"(?<!of ){_NTH}\b{_TO}{_NTH}\b(?: of)? {_MONTH}(?:,? {_YEAR}\b)?",
    rf"{_MONTH} {_NTH}\b{_TO}{_NTH}\b(?:,? {_YEAR}\b)?",
    rf"{_MONTH}{_TO}{_MONTH}(?: {_YEAR}\b)?$",
    r"\d{1,2}/\d{1,2} ?(?:-|\u2013|to) ?\d{1,2}/\d{1,2}\b",
))  # fmt: skip
_SERIES = r"(?P<word>instal?lments?|payments?|months?|periods?|cycles?)"
_DATED = re.compile(
    rf"(?:\b(?:for|in|of|on|from|since|until|period|dated?)\b:? )*(?<![\d/.])\b(?:{_SPANS}|{_DAY})", re.IGNORECASE
)
_ENDS_IN_MONTH = re.compile(rf"(?<=\S)[ ,]+(?:(?:for|in|of) )?{_MONTH}$", re.IGNORECASE)
_OF_MANY = re.compile(
    r"(?:\b(?:no\.?|number|nr\.?) ?|# ?)?\b(?P<n>\d{1,3}) of (?P<all>\d{1,3})\b(?! \w)", re.IGNORECASE
)
_NUMBERED = re.compile(
    rf"\b{_SERIES}(?: (?:no\.?|number|nr\.?)| ?#)? ?\d{{1,3}}(?: ?/ ?\d{{1,3}}| of \d{{1,3}})?\b", re.IGNORECASE
)
_ORDINAL = re.compile(rf"\b\d{{1,3}}(?:st|nd|rd|th) {_SERIES}\b", re.IGNORECASE)
_EMPTY = re.compile(r"\( *[-,;:]* *\)|\[ *\]")
_LOOSE = " \t,;:-\u2013\u2014/|#"


@lru_cache(maxsize=8_192)
def plain_label(label: str) -> str:
    """The label without days and ordinals; itself, with single spaces, where nothing else would be left."""
    whole = " ".join(label.split())
    said = _NUMBERED.sub(lambda found: found["word"], whole)
    said = _ORDINAL.sub(lambda found: found["word"], said)
    said = _OF_MANY.sub(lambda found: "" if int(found["n"]) <= int(found["all"]) else found[0], said)
    said = _ENDS_IN_MONTH.sub("", _DATED.sub("", said).strip(_LOOSE))
    said = " ".join(_EMPTY.sub("", said).split()).replace(" ,", ",").strip(_LOOSE)
    return said if any(sign.isalpha() for sign in said) else whole
