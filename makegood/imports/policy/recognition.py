"""Which format is it? Compares the headers of a file with the columns that each mapping knows."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from makegood.imports.errors import MissingColumns, UnknownFormat
from makegood.imports.policy.mapping import Mapping, mappings

_LEAST_PERCENT = 50  # of the headers, for a named format
_CLOSE = 0.9  # how alike a misspelled header must be
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Recognized:
    """A format and where its columns stand in the file; ``matched`` of ``total`` headers are known to it."""

    mapping: Mapping
    positions: AnyMapping[str, int]
    matched: int
    total: int

    @property
    def sentence(self) -> str:
        """``TrackDrive, 41 of 44 headers``."""
        return f"{self.mapping.title}, {self.matched} of {self.total} headers"


def plain(header: str) -> str:
    """A header without case, spaces and punctuation: ``Caller ID #`` becomes ``caller_id``."""
    return _NOT_A_LETTER.sub("_", header.strip().lower()).strip("_")


def _exact(mapping: Mapping, headers: Sequence[str]) -> dict[str, int]:
    known = {name.lower(): name for name in mapping.columns}
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        name = known.get(header.strip().lower())
        if name is not None:
            places.setdefault(name, place)
    return places


def _loose(mapping: Mapping, headers: Sequence[str]) -> dict[str, int]:
    """Canonical names first, then the other spellings in their order, then near misses; each header once."""
    words = [plain(header) for header in headers]
    free = {word: place for place, word in reversed(list(enumerate(words)))}
    places: dict[str, int] = {}
    for name in mapping.columns:
        if name in free:
            places[name] = free.pop(name)
    for name, others in mapping.columns.items():
        hit = next((other for other in others if other in free), None) if name not in places else None
        if hit is not None:
            places[name] = free.pop(hit)
    for name, others in mapping.columns.items():
        if name not in places and free:
            close = next((hit for word in (name, *others) for hit in get_close_matches(word, free, 1, _CLOSE)), None)
            if close is not None:
                places[name] = free.pop(close)
    return places


def against(mapping: Mapping, headers: Sequence[str]) -> Recognized:
    """How the headers fit one format."""
    places = _loose(mapping, headers) if mapping.fuzzy else _exact(mapping, headers)
    return Recognized(mapping, places, len(places), len(headers))


def _lacks(found: Recognized) -> list[str]:
    return [name for name in found.mapping.required if name not in found.positions]


def recognize(headers: Sequence[str], name: str = "") -> Recognized:
    """The format the headers belong to, or how they fit the one called ``name``.

    A named format wins over the generic one when it has all its required columns and knows half of the headers;
    between two, the one that knows more. Raises UnknownFormat, MissingColumns.
    """
    known = mappings()
    if name and name not in known:
        raise UnknownFormat(formats=", ".join(known))
    tried = [against(mapping, headers) for mapping in ([known[name]] if name else known.values())]
    if name:
        return _complete(tried[0])
    named = [
        found
        for found in tried
        if not found.mapping.fuzzy and not _lacks(found) and found.matched * 100 >= _LEAST_PERCENT * found.total
    ]
    if named:
        return max(named, key=lambda found: found.matched)
    loose = next(found for found in tried if found.mapping.fuzzy)
    if not loose.matched:
        raise UnknownFormat(formats=", ".join(known))
    return _complete(loose)


def _complete(found: Recognized) -> Recognized:
    lacks = _lacks(found)
    if lacks:
        raise MissingColumns(format=found.mapping.title, columns=", ".join(lacks))
    return found
