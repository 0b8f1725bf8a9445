"""Reads a returns file: one row per item with its reason, a note and perhaps an amount.

CSV or TSV in any encoding that spreadsheets write and with any delimiter; the columns are found by their names.
Nothing is looked up here.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from makegood.imports.policy.recognition import plain

MOST_ROWS = 5_000
MOST_BYTES = 2 * 1024 * 1024
LONGEST_NOTE = 5_000
_LONGEST_CELL = 200
_DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_GUARD = re.compile(r"'(?=[=+\-@\t\r])")
_SHORTENED = re.compile(r"\d([.,]\d+)?[eE]\+?\d{1,2}")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": (
        "call_id", "lead_id", "charge_id", "external_id", "charge", "item", "call", "lead", "uuid", "call_uuid",
        "call_sid", "id", "invoice", "invoice_number", "phone", "phone_number", "caller", "caller_id",
        "caller_number", "number", "telephone",
    ),
    "reason": ("reason", "reason_code", "dispute_reason", "return_reason", "credit_reason", "code", "disposition"),
    "note": ("note", "notes", "explanation", "comment", "comments", "description", "details", "what_happened",
             "additional_information"),
    "amount": ("amount", "asked", "disputed_amount", "requested_amount", "credit_amount", "credit"),
}  # fmt: skip
"""What each column may be called, the most telling first; of ``name`` every one that is there is read."""
_TOLD = {"name": "a call id, lead id or phone number", "reason": "the reason"}


class NotReadable(ValueError):
    """The file cannot be read as a returns file; its text says why, for the person who chose it."""


@dataclass(frozen=True)
class Row:
    """One row as it stands in the file; ``line`` is the line it begins on. ``name`` is the id or the number."""

    line: int
    name: str
    reason: str = ""
    note: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Sheet:
    """A file, read; ``note`` says what had to be guessed."""

    rows: tuple[Row, ...]
    note: str = ""


def read(content: bytes) -> Sheet:
    """The rows of a file. Raises NotReadable."""
    if len(content) > MOST_BYTES:
        raise NotReadable("The file is larger than 2 MB. Split it and send the parts one by one.")
    text, note = _decoded(content)
    if not text.strip():
        raise NotReadable("The file is empty.")
    if "\0" in text:
        raise NotReadable("The file is no text. Save it as CSV and choose that.")
    delimiter = _delimiter(text)
    try:
        rows = _rows(text, delimiter)
    except csv.Error as error:
        raise NotReadable(f"The file cannot be read as CSV: {error}.") from error
    if not rows:
        raise NotReadable("The file has column names, but no row below them.")
    return Sheet(tuple(rows), note)


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotReadable("This is a workbook. Save it as CSV (UTF-8) and choose that.")
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), "utf-8")
    try:
        return content.decode(encoding).lstrip("\ufeff"), ""
    except UnicodeDecodeError:
        note = "The file is not UTF-8; it was read as Windows-1252. If names look wrong, save it as UTF-8."
        return content.decode("cp1252", "replace"), note


def _delimiter(text: str) -> str:
    """The sign that makes the most known column names of the first line."""
    first = next(line for line in text.splitlines() if line.strip())
    return max(_DELIMITERS, key=lambda sign: (len(_columns(_cells(first, sign))), first.count(sign)))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _columns(headers: Sequence[str]) -> dict[str, list[int]]:
    """Where the columns stand; of ``name`` all places, in the order of COLUMNS, of the others the best one."""
    words = [plain(header) for header in headers]
    found: dict[str, list[int]] = {}
    for column, names in COLUMNS.items():
        places = [words.index(name) for name in names if name in words]
        if places:
            found[column] = places if column == "name" else places[:1]
    return found


def _rows(text: str, delimiter: str) -> list[Row]:
    """Raises NotReadable, csv.Error."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headers = next((cells for cells in reader if any(cell.strip() for cell in cells)), [])
    columns = _columns(headers)
    missing = [word for word in ("name", "reason") if word not in columns]
    if missing:
        wanted = " and one for ".join(_TOLD[word] for word in missing)
        named = ", ".join(f'"{header.strip()[:40]}"' for header in headers[:12]) or "nothing"
        raise NotReadable(f"The first line has to name the columns, among them one for {wanted}. It says {named}.")
    rows: list[Row] = []
    begins = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append(_row(begins, cells, columns))
        if len(rows) > MOST_ROWS:
            raise NotReadable(f"The file has more than {MOST_ROWS:,} rows. Split it and send the parts one by one.")
        begins = reader.line_num + 1
    return rows


def _row(line: int, cells: Sequence[str], columns: Mapping[str, Sequence[int]]) -> Row:
    def cell(places: Iterable[int]) -> str:
        found = (_GUARD.sub("", cells[place].strip(), count=1) for place in places if place < len(cells))
        return next((text for text in found if text), "")

    return Row(
        line,
        cell(columns["name"])[:_LONGEST_CELL],
        cell(columns["reason"])[:_LONGEST_CELL],
        cell(columns.get("note", ()))[:LONGEST_NOTE],
        cell(columns.get("amount", ()))[:_LONGEST_CELL],
    )


def is_shortened(name: str) -> bool:
    """Whether a spreadsheet has shortened a long number (``1.21256E+10``), so that nobody can tell what it was."""
    return _SHORTENED.fullmatch(name) is not None


def reason_meant(text: str, offered: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The code of the reason that a text means, by code or label in any spelling; or none, and labels that come near.

    ``offered`` are labels by code.
    """
    wanted = plain(text)
    known = {plain(code): code for code in offered} | {plain(label): code for code, label in offered.items()}
    if wanted in known:
        return known[wanted], ()
    near = get_close_matches(wanted, known, 3, 0.6) or [word for word in known if wanted and wanted in word]
    return "", tuple(dict.fromkeys(offered[known[word]] for word in near[:3]))
