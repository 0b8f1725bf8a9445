"""Turns a file into lines to stage, ``n, bad, raw, c0, c1, ..`` as CSV. What cannot be staged goes to the rejects.

``bad`` marks a row that must not be imported although it can be staged: ``BAD_ENCODING:`` or ``NUL_BYTE:``.
Lines without quotes pass through as they are; parsing and writing them again would cost more than all the rest here.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import chain
from typing import Any

from makegood.imports.entries import Cells, Survey
from makegood.imports.operations.json_records import Record, cells_of, json_records, unwrapped, written
from makegood.imports.states import Container

Refuse = Callable[[int, str, dict[str, Any], str], None]
"""Told ``(row, code, fields, source text)`` of a row that cannot be staged."""

BAD_ENCODING, NUL_BYTE = "BAD_ENCODING:", "NUL_BYTE:"
_UNREADABLE = re.compile("[\udc80-\udcff]")
_LARGEST_CELL = 1 << 20
_ALWAYS_KEPT = 300
"""So many columns go into a row of the database whatever they hold; each of more takes up to 24 bytes there."""
_ROOM, _SHORT, _ELSEWHERE = 7_900, 23, 18
"""Bytes of a row; a longer text is kept elsewhere, and its place takes these."""


class Rows:
    """Iterates over a surveyed file as lines for ``COPY``, delimited as the file is.

    ``read`` counts the bytes that were read; ``padded`` becomes true when a cell may hold spaces around its text.
    """

    def __init__(self, survey: Survey, refuse: Refuse) -> None:
        self.padded = False
        self._survey = survey
        self._refuse = refuse
        self._delimiter = survey.delimiter
        self._mark = ""
        self._line = 0
        self._binary: io.BufferedReader | None = None
        self._read = 0

    @property
    def read(self) -> int:
        """Bytes read so far."""
        if self._binary is not None and not self._binary.closed:
            return self._binary.tell()
        return self._read

    def __iter__(self) -> Generator[str, None, None]:
        return self._csv() if self._survey.container is Container.CSV else self._json()

    def _csv(self) -> Generator[str, None, None]:
        survey = self._survey
        errors = "replace" if survey.encoding == "utf-16" else "surrogateescape"
        csv.field_size_limit(_LARGEST_CELL)
        with survey.path.open("rb") as self._binary:
            text = io.TextIOWrapper(self._binary, encoding=survey.encoding, errors=errors, newline="")
            lines = self._lines(text)
            if survey.has_header:
                next(csv.reader(lines, delimiter=self._delimiter))
            yield from self._records(lines, len(survey.headers))
        self._read = survey.size

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        after, before = f"{self._delimiter} ", f" {self._delimiter}"
        for line in text:
            self._line += 1
            if not line.isascii() and (_UNREADABLE.search(line) or "\ufffd" in line):
                self._mark = BAD_ENCODING
                line = _UNREADABLE.sub("\ufffd", line)
            if "\0" in line:
                self._mark = NUL_BYTE
                line = line.replace("\0", "")
            if after in line or before in line or line[:1] == " " or " \n" in line or " \r" in line:
                self.padded = True
            yield line

    def _records(self, lines: Iterator[str], width: int) -> Iterator[str]:
        delimiter, inner = self._delimiter, width - 1
        odd: tuple[int, list[str]] | None = None
        self._mark = ""
        for line in lines:
            start = self._line
            if odd is not None:
                self._refuse_odd(odd, width)
                odd = None
            if '"' not in line and (width <= _ALWAYS_KEPT or line.isspace()):
                body = line.rstrip("\r\n")
                if body.count(delimiter) == inner:
                    yield f"{start}{delimiter}{self._mark}{delimiter}{delimiter}{body}\n"
                elif body:
                    odd = (start, body.split(delimiter))
            else:
                self.padded = True
                row = self._quoted(start, line, lines)
                if row is not None and len(row) == width:
                    yield as_line([start, self._mark, "", *row], delimiter, end="\n")
                elif row is not None:
                    odd = (start, row)
            self._mark = ""
        if odd is not None:
            self._refuse_odd(odd, width, is_last=True)

    def _quoted(self, start: int, line: str, lines: Iterator[str]) -> list[str] | None:
        """The record that begins with this line and may go on over the next ones."""
        try:
            row = next(csv.reader(chain([line], lines), delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            cut = "unexpected end of data" in str(error)
            self._refuse(start, "TRUNCATED" if cut else "BAD_QUOTES", {"reason": str(error)}, line.rstrip("\r\n"))
            return None
        return None if self._refuse_wide(start, row) else row

    def _refuse_wide(self, start: int, row: Sequence[str | None]) -> bool:
        """Whether the row is more than the database takes; if so, it is refused."""
        if len(row) <= _ALWAYS_KEPT or len(row) != len(self._survey.headers):
            return False
        sizes = (len(cell.encode("utf-8", "replace")) for cell in row if cell)
        if sum(size + 1 if size <= _SHORT else _ELSEWHERE for size in sizes) <= _ROOM:
            return False
        self._refuse(start, "TOO_WIDE", {"found": len(row)}, as_line(list(row), self._delimiter))
        return True

    def _refuse_odd(self, odd: tuple[int, list[str]], width: int, *, is_last: bool = False) -> None:
        start, row = odd
        cut = is_last and len(row) < width and not self._survey.ends_with_newline
        code = "TRUNCATED" if cut else "WRONG_COLUMNS" if self._survey.has_header else "WRONG_WIDTH"
        self._refuse(start, code, {"found": len(row), "expected": width}, as_line(row, self._delimiter))

    def _json(self) -> Generator[str, None, None]:
        survey = self._survey
        for record in json_records(survey.path, survey.encoding, survey.container, survey.records):
            self._read = record.at
            if record.code:
                self._refuse(record.n, record.code, {"reason": record.reason}, record.text)
            elif not isinstance(record.value, dict):
                self._refuse(record.n, "BAD_JSON_LINE", {"reason": "it is not an object"}, written(record.value))
            elif not self._refuse_wide(record.n, cells := cells_of(unwrapped(record.value), self._survey.headers)):
                yield self._json_row(record, cells)

    def _json_row(self, record: Record, cells: Cells) -> str:
        raw = written(unwrapped(record.value))
        mark = ""
        if "\\u0000" in raw:
            mark, cells = NUL_BYTE, tuple(cell and cell.replace("\0", "") for cell in cells)
        if not raw.isascii():
            clean = raw.encode("utf-8", "replace").decode()
            if clean != raw or "\ufffd" in raw:
                mark, raw = BAD_ENCODING, clean
                cells = tuple(cell and cell.encode("utf-8", "replace").decode() for cell in cells)
        return as_line([record.n, mark, raw, *cells], self._delimiter, end="\n")


def as_line(cells: list[Any], delimiter: str, end: str = "") -> str:
    """The cells as one line of CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerow(cells)
    return out.getvalue()


def as_object(headers: tuple[str, ...], cells: list[str | None]) -> str:
    """The cells as a JSON object without what is empty."""
    return json.dumps({name: cell for name, cell in zip(headers, cells, strict=True) if cell}, ensure_ascii=False)
