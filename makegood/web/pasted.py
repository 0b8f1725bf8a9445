"""What people paste: call ids, lead ids, invoice numbers and telephone numbers, in whatever way they stand in a text.

A line holds one, or several with a comma, a semicolon, a tab or a bar between them; ids may also stand beside each
other with spaces between. A telephone number keeps its own punctuation.
"""

from __future__ import annotations

import re

MOST = 500
_BETWEEN = re.compile(r"[\n\r\t,;|\u2028\u2029]+")
_NUMBER_LIKE = re.compile(r"[\d\s()+./\u2010-\u2015-]+")
_NEXT_NUMBER = re.compile(r"\s+(?=\+|00[1-9][\d\s()./-]{7})|(?<=\d{4})\s+(?=\()")
_AROUND = " \u00a0\"'`<>[]{}\u2018\u2019\u201c\u201d\u2022*#:."
_BULLET = re.compile(r"^(?:\d{1,3}[.)]\s+|[-\u2013\u2022*]\s+)(?=\S)")
_WHOLE_IDS = 5


def names_in(text: str) -> list[str]:
    """The names in a text, each once, in their order; not more than MOST + 1, so that too many are noticed."""
    found: dict[str, None] = {}
    for line in _BETWEEN.split(text):
        for name in _names(_BULLET.sub("", line.strip(), count=1).strip(_AROUND)):
            found.setdefault(name[:200], None)
            if len(found) > MOST:
                return list(found)
    return list(found)


def _names(piece: str) -> list[str]:
    if not piece:
        return []
    if _NUMBER_LIKE.fullmatch(piece):
        return [name for part in _NEXT_NUMBER.split(piece) for name in _numbers(part.strip(_AROUND)) if name]
    words = [word.strip(_AROUND) for word in piece.split()]
    telling = [word for word in words if any(character.isdigit() for character in word)]
    return telling or ([piece] if len(words) == 1 else [])


def _numbers(part: str) -> list[str]:
    """One telephone number, or several ids that stand beside each other."""
    chunks = part.split()
    if len(chunks) > 1 and all(chunk.isdigit() and len(chunk) >= _WHOLE_IDS for chunk in chunks):
        return chunks
    return [part]
