"""Which format is it? Compares the first row of a file with the columns that each mapping knows.

Most files name their columns there. Some begin with the first call at once: those are told by the number of columns
and by what stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from makegood.imports.errors import MissingColumns, NoHeader, UnknownFormat, WrongLayout
from makegood.imports.policy.mapping import GENERIC, Mapping, mappings

_LEAST_PERCENT = 50  # of the headers, for a named format
_CLOSE = 0.9  # how alike a misspelled header must be
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")

_TIME = r"\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?"
SHAPES = {
    "time": re.compile(_TIME),
    "time_or_empty": re.compile(f"({_TIME})?"),
    "number": re.compile(r"\d+(\.\d+)?"),
    "clock": re.compile(r"\d+:\d\d:\d\d(\.\d+)?|PT[0-9.HMS]+"),
    "clock_or_empty": re.compile(r"(\d+:\d\d:\d\d(\.\d+)?|PT[0-9.HMS]+)?"),
    "word": re.compile(r"[A-Za-z_]+([ _][A-Za-z_]+)*"),
    "word_or_number": re.compile(r"[A-Za-z_]+|\d+"),
    "uuid": re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    "channel_id": re.compile(r"(.+-)?\d{9,11}\.\d+"),
}
"""What may stand in a column of a file without header."""
_DATA = re.compile(rf"{_TIME}|[+]?\d{{7,15}}|\d+[:.]\d[\d:.]*")
"""What is a value and no name of a column: a time, a telephone number, a duration or decimal."""


@dataclass(frozen=True)
class Recognized:
    """A format and where its columns stand in the file; ``matched`` of ``total`` headers are known to it.

    ``layout`` names the columns of a file that has no header.
    """

    mapping: Mapping
    positions: AnyMapping[str, int]
    matched: int
    total: int
    layout: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """``TrackDrive, 41 of 44 headers``, or ``Asterisk, 18 of 18 columns`` where there is no header."""
        return f"{self.mapping.title}, {self.matched} of {self.total} {'columns' if self.layout else 'headers'}"


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
        elif mapping.tag_prefix and header.strip().lower().startswith(mapping.tag_prefix):
            places.setdefault(header.strip(), place)
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


def placed(found: Recognized, headers: Sequence[str], columns: Sequence[tuple[str, str]]) -> Recognized:
    """The same with columns where somebody said they stand: (column of the format, header; empty: nowhere).

    A header stands for one column; what it was recognized as before, it is no longer. Raises MissingColumns.
    """
    places = {header: place for place, header in enumerate(headers)}
    said = {name: places.get(header) for name, header in columns if name in found.mapping.columns}
    taken = {place for place in said.values() if place is not None}
    kept = {name: place for name, place in found.positions.items() if name not in said and place not in taken}
    positions = kept | {name: place for name, place in said.items() if place is not None}
    return _complete(replace(found, positions=positions, matched=len(positions)))


def _lacks(found: Recognized) -> list[str]:
    return [name for name in found.mapping.required if name not in found.positions]


def recognize(
    headers: Sequence[str],
    name: str = "",
    rows: Sequence[Sequence[str | None]] = (),
    columns: Sequence[tuple[str, str]] = (),
) -> Recognized:
    """The format the headers belong to, or how they fit the one called ``name``.

    A named format wins over the generic one when it has all its required columns and knows half of the headers;
    between two, the one that knows more. ``rows`` are the first rows of a file that may have no header, its very first
    among them: where they are laid out like those of a format, all of them are calls. With ``columns`` (see placed)
    somebody said what they are, of the format called ``name`` or the general one.
    Raises UnknownFormat, MissingColumns, NoHeader, WrongLayout.
    """
    known = mappings()
    if name and name not in known:
        raise UnknownFormat(formats=", ".join(known))
    if columns:
        return placed(against(known[name or GENERIC], headers), headers, columns)
    if name:
        return _as_told(against(known[name], headers), rows)
    bare = _without_header(list(known.values()), rows)
    if bare is not None:
        return bare
    return _by_headers([against(mapping, headers) for mapping in known.values()])


def _by_headers(tried: Sequence[Recognized]) -> Recognized:
    named = [
        found
        for found in tried
        if not found.mapping.fuzzy and not _lacks(found) and found.matched * 100 >= _LEAST_PERCENT * found.total
    ]
    if named:
        return max(named, key=lambda found: found.matched)
    loose = next(found for found in tried if found.mapping.fuzzy)
    if not loose.matched:
        raise UnknownFormat(formats=", ".join(found.mapping.name for found in tried))
    return _complete(loose)


def _complete(found: Recognized) -> Recognized:
    lacks = _lacks(found)
    if lacks:
        raise MissingColumns(format=found.mapping.title, columns=", ".join(lacks))
    return found


def _without_header(known: Sequence[Mapping], rows: Sequence[Sequence[str | None]]) -> Recognized | None:
    """The format whose layout the rows have, if the first one is a row at all. Raises NoHeader."""
    if not rows or not _is_data(rows[0]):
        return None
    fitting = []
    for mapping in known:
        for layout in mapping.layouts:
            shapes = _shapes(mapping, layout)
            fits = [len(row) == len(layout) and _fits(shapes, row) for row in rows]
            if fits[0] and sum(fits) * 2 > len(fits):
                fitting.append((len(shapes), mapping, layout))
    if not fitting:
        raise NoHeader(columns=len(rows[0]), formats=", ".join(mapping.name for mapping in known if mapping.layouts))
    _, mapping, layout = max(fitting, key=lambda one: one[0])
    return _laid_out(mapping, layout)


def _as_told(found: Recognized, rows: Sequence[Sequence[str | None]]) -> Recognized:
    """The format that was named: by headers, else by a layout whose times stand where they belong in some row."""
    if not _lacks(found) or not found.mapping.layouts or not rows:
        return _complete(found)
    fitting = []
    for layout in found.mapping.layouts:
        shapes = _shapes(found.mapping, layout)
        times = [(place, shape) for place, shape in shapes if shape.startswith("time")]
        wide = [row for row in rows if len(row) == len(layout)]
        if any(_fits(times, row) for row in wide):
            fitting.append((sum(len(shapes) for row in wide if _fits(shapes, row)), layout))
    if not fitting and not _is_data(rows[0]):
        return _complete(found)
    if not fitting:
        widths = sorted({len(layout) for layout in found.mapping.layouts})
        raise WrongLayout(format=found.mapping.title, columns=" or ".join(map(str, widths)), found=len(rows[0]))
    return _laid_out(found.mapping, max(fitting, key=lambda one: one[0])[1])


def _is_data(row: Sequence[str | None]) -> bool:
    return any(_DATA.fullmatch((cell or "").strip()) for cell in row)


def _laid_out(mapping: Mapping, layout: tuple[str, ...]) -> Recognized:
    return Recognized(mapping, {name: place for place, name in enumerate(layout)}, len(layout), len(layout), layout)


def _shapes(mapping: Mapping, layout: Sequence[str]) -> list[tuple[int, str]]:
    places = {name: place for place, name in enumerate(layout)}
    return [(places[name], shape) for name, shape in mapping.shapes if name in places]


def _fits(shapes: Sequence[tuple[int, str]], row: Sequence[str | None]) -> bool:
    return all(SHAPES[shape].fullmatch((row[place] or "").strip()) for place, shape in shapes)
