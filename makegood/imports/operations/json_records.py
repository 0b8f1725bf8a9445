"""Reads JSON call logs record by record, in constant memory, with numbers exactly as they were written."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from makegood.imports.entries import Cells
from makegood.imports.policy.mapping import mappings
from makegood.imports.states import Container

_BLOCK = 1 << 16
_DEEPEST = 64
_LONGEST_NUMBER = 1_000
_TOO_LARGE = 10**_LONGEST_NUMBER
_DIGITS = "0123456789"
_ENDLESS = re.compile("([0-9]{4000})[0-9]+")
"""More digits than the parser takes for a number: it ends the whole process with them."""


@dataclass(frozen=True)
class Record:
    """Record ``n`` (a line, or its place), or why there is none (``code``, ``reason``); ``at`` counts bytes read."""

    value: Any
    n: int
    at: int
    code: str = ""
    reason: str = ""
    text: str = ""


def json_records(path: Path, encoding: str, container: Container, prefix: str) -> Generator[Record, None, None]:
    """The records of a file; the last one may be a fault, when the rest cannot be read.

    One that nobody could write down again (a number like 1e999999, nesting without end) is a fault of its own.
    """
    with path.open("rb") as file:
        is_lines = container is Container.JSON_LINES
        for record in _from_lines(file, encoding) if is_lines else _streamed(file, encoding, prefix):
            flaw = _flaw(record.value)
            yield Record(None, record.n, record.at, "BAD_JSON_LINE", flaw, record.text) if flaw else record


def found_prefix(path: Path, encoding: str, inside: frozenset[str] = frozenset()) -> str:
    """Where the records are: in the list that the file is, where a format has them, or in the first list of objects.

    A list under the name of a column belongs to one record, which then is all the file holds; ``inside`` names such
    lists where the file is no call log.
    """
    places, columns = known_places() if not inside else (frozenset(), inside)
    with path.open("rb") as file:
        events = ijson.sendable_list()
        parser = ijson.parse_coro(events)
        last = ("", "", None)
        try:
            for block in _utf8(file, encoding):
                parser.send(block)
                for event in events:
                    if event[1] == "start_map" and last[1] == "start_array":
                        place = last[0]
                        if place in places or ("." not in place and place not in columns):
                            return f"{place}.item".lstrip(".")
                    last = event
                del events[:]
        except ijson.JSONError:
            return "item" if last[1] == "start_array" else ""
    return ""


@cache
def known_places() -> tuple[frozenset[str], frozenset[str]]:
    """Where formats have their lists, and the names of their columns."""
    known = mappings().values()
    return frozenset(one.records for one in known), frozenset(name for one in known for name in one.columns)


def unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """The inner object of ``{"call": {..}}``; any other record as it is."""
    if len(record) == 1:
        inner = next(iter(record.values()))
        if isinstance(inner, dict):
            return inner
    return record


def cells_of(record: dict[str, Any], headers: Sequence[str]) -> Cells:
    """The values of a record as texts, in the order of ``headers``."""
    return tuple(_cell(record.get(header)) for header in headers)


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    return value.strip() or None if isinstance(value, str) else written(value)


def _flaw(value: Any) -> str:
    """Why a value could not be written as JSON text again, if so."""
    todo = [(value, 0)]
    while todo:
        one, depth = todo.pop()
        if isinstance(one, dict):
            if not all(key.isascii() or _is_unicode(key) for key in one):
                return "the name of a key is no text"
            todo += [(item, depth + 1) for item in one.values() if not isinstance(item, str)]
        elif isinstance(one, list):
            todo += [(item, depth + 1) for item in one if not isinstance(item, str)]
        elif isinstance(one, (int, float, Decimal)) and not _is_short(one):
            return f"it holds a number of more than {_LONGEST_NUMBER:,} digits, or none"
        if depth > _DEEPEST:
            return "it is nested too deep"
    return ""


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _is_short(number: float | Decimal) -> bool:
    if isinstance(number, Decimal):
        if not number.is_finite():
            return False
        _, digits, exponent = number.as_tuple()
        return len(digits) + abs(int(exponent)) <= _LONGEST_NUMBER
    return abs(number) < _TOO_LARGE if isinstance(number, int) else isfinite(number)


def written(value: Any) -> str:
    """JSON text with every number as it was read, never through a float."""
    if isinstance(value, dict):
        inner = ",".join(f"{json.dumps(key, ensure_ascii=False)}:{written(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{','.join(map(written, value))}]"
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else "null"
    return json.dumps(value, ensure_ascii=False)


def _utf8(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """The file as blocks of UTF-8; of digits without end, which no text has, only the first ones."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held = ""
    for block in iter(lambda: file.read(_BLOCK), b""):
        text = _ENDLESS.sub(r"\1", held + decoder.decode(block))
        whole = text.rstrip(_DIGITS)  # further digits may follow those at the end
        held = text[len(whole) :]
        if whole:
            yield whole.encode()
    if held:
        yield held.encode()


def _streamed(file: BinaryIO, encoding: str, prefix: str) -> Iterator[Record]:
    found = ijson.sendable_list()
    parser = ijson.items_coro(found, prefix, use_float=False)
    code = reason = ""
    n = 0
    blocks = _utf8(file, encoding)
    while not code:
        block = next(blocks, None)
        try:
            if block is None:
                parser.close()
            else:
                parser.send(block)
        except ijson.JSONError as error:
            reason = _first(error)
            code = "TRUNCATED" if isinstance(error, ijson.IncompleteJSONError) and block is None else "BAD_JSON"
        for value in found:
            n += 1
            yield Record(value, n, file.tell())
        del found[:]
        if block is None:
            break
    if code:
        yield Record(None, n + 1, file.tell(), code, reason)


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0].removeprefix("parse error: ").strip() or "it cannot be parsed"


def _from_lines(file: BinaryIO, encoding: str) -> Iterator[Record]:
    with io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="\n") as lines:
        for n, line in enumerate(lines, 1):
            text = line.strip()
            if not text:
                continue
            try:
                value = json.loads(text, parse_float=Decimal, parse_int=Decimal)
            except (ValueError, RecursionError) as error:
                code = "BAD_JSON_LINE" if line.endswith("\n") else "TRUNCATED"
                yield Record(None, n, file.tell(), code, getattr(error, "msg", "it is nested too deep"), text)
                continue
            yield Record(value, n, file.tell(), text=text)
