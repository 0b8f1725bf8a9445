"""A look at a file before anything else: encoding, how it holds its records, headers, a first sample."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import itertools
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from makegood.imports.entries import Cells, Survey
from makegood.imports.errors import EmptyFile, FileNotReadable, NotText
from makegood.imports.operations.json_records import cells_of, found_prefix, json_records, unwrapped
from makegood.imports.states import Container

_BLOCK = 1 << 20
_HEAD = 1 << 16
_SAMPLE = 200
_MOST_COLUMNS = 1_000
_DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_REAL_UTF8 = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
_NOT_1252 = re.compile("[\udc81\udc8d\udc8f\udc90\udc9d]")
_WINDOWS_NOTE = (
    "The file is not UTF-8; it was read as Windows-1252. If names look wrong, save it as UTF-8 and import again."
)


def survey(path: Path) -> Survey:
    """What the file looks like. Raises FileNotReadable, EmptyFile, NotText."""
    try:
        return _survey(path)
    except OSError as error:
        raise FileNotReadable(path=path, reason=error.strerror or "it cannot be opened") from error


def _survey(path: Path) -> Survey:
    encoding, sha256, newline = _scan(path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head).lstrip("\ufeff")
    if not text.strip():
        raise EmptyFile(path=path)
    container = _container(text)
    note = _WINDOWS_NOTE if encoding == "cp1252" else ""
    size = path.stat().st_size
    if container is Container.CSV:
        delimiter, first, sample = _csv_head(path, encoding, text)
        headers = _unique(first)
        cells = tuple(cell.strip().strip("\ufeff") or None for cell in first)
        return Survey(path, size, sha256, encoding, container, headers, sample, delimiter, "", note, newline, cells)
    prefix = found_prefix(path, encoding) if container is Container.JSON else ""
    headers, sample = _json_head(path, encoding, container, prefix)
    return Survey(path, size, sha256, encoding, container, headers, sample, ",", prefix, note, newline)


def _scan(path: Path) -> tuple[str, str, bool]:
    """Encoding, sha256, and whether the file ends with a line break; one pass, two when it is not plain UTF-8."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, last, first = True, b"", b""
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            first = first or block[:4096]
            digest.update(block)
            last = block[-2:]
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
    if not first:
        raise EmptyFile(path=path)
    encoding = next((name for bom, name in _BOMS if first.startswith(bom)), "")
    if not encoding:
        if first.count(0) * 4 > len(first):
            raise NotText(path=path)
        encoding = "utf-8" if is_utf8 or not _looks_like_1252(path) else "cp1252"
    return encoding, digest.hexdigest(), b"\n" in last or b"\r" in last


def _looks_like_1252(path: Path) -> bool:
    """No character of UTF-8 anywhere, and every odd byte is a letter or sign of Windows-1252."""
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        for text in iter(lambda: file.read(_BLOCK), ""):
            if not text.isascii() and (_REAL_UTF8.search(text) or _NOT_1252.search(text)):
                return False
    return True


def _container(text: str) -> Container:
    start = text.lstrip()
    if start[0] not in "[{":
        return Container.CSV
    first, _, rest = start.partition("\n")
    if start[0] == "{" and rest.lstrip().startswith("{"):
        try:
            json.loads(first)
        except ValueError:
            return Container.JSON
        return Container.JSON_LINES
    return Container.JSON


def _csv_head(path: Path, encoding: str, text: str) -> tuple[str, list[str], tuple[Cells, ...]]:
    delimiter = max(_DELIMITERS, key=lambda sign: len(next(csv.reader(io.StringIO(text, newline=""), delimiter=sign))))
    with path.open(encoding=encoding, errors="replace", newline="") as lines:
        rows = csv.reader(lines, delimiter=delimiter)
        try:
            first = next(rows)
        except csv.Error as error:
            raise FileNotReadable(path=path, reason=f"its first row is no names of columns ({error})") from error
        if len(first) > _MOST_COLUMNS:
            raise FileNotReadable(path=path, reason=f"it has more than {_MOST_COLUMNS:,} columns")
        return delimiter, first, tuple(_sampled(rows, len(first)))


def _sampled(rows: Iterator[list[str]], width: int) -> Iterator[Cells]:
    try:
        for row in itertools.islice(rows, _SAMPLE):
            if len(row) == width:
                yield tuple(cell.strip() or None for cell in row)
    except csv.Error:
        return


def _unique(headers: list[str]) -> tuple[str, ...]:
    """Headers with a name each: empty ones get their place, repeated ones a number."""
    seen: dict[str, int] = {}
    names = []
    for place, header in enumerate(headers, 1):
        name = header.strip().strip("\ufeff").replace("\0", "") or f"column_{place}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(names)


def _json_head(
    path: Path, encoding: str, container: Container, prefix: str
) -> tuple[tuple[str, ...], tuple[Cells, ...]]:
    records = []
    with closing(json_records(path, encoding, container, prefix)) as found:
        for record in itertools.islice(found, _SAMPLE):
            if isinstance(record.value, dict):
                records.append(unwrapped(record.value))
    headers = tuple(dict.fromkeys(key for record in records for key in record))
    if not headers:
        raise EmptyFile(path=path)
    if len(headers) > _MOST_COLUMNS:
        raise FileNotReadable(path=path, reason=f"its records have more than {_MOST_COLUMNS:,} keys")
    return headers, tuple(cells_of(record, headers) for record in records)
