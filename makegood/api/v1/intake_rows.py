"""Rows of bulk intake: lines of JSON or of CSV, each read by itself, so that a bad one stands alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from makegood.api.amounts import Amount
from makegood.api.errors import EdgeRefusal, FieldInvalid, MalformedJson, UnknownField, UnsupportedMediaType
from makegood.api.strict_json import check_storable, decode, shaped
from makegood.api.v1 import ids
from makegood.api.v1.representations.charge import ChargeId
from makegood.billing.selectors.charge_list import ChargeName
from makegood.kernel.errors import Refusal

NDJSON, CSV = "application/x-ndjson", "text/csv"
MEDIA = (NDJSON, CSV)
MOST_ROWS = 10_000
_AMOUNT = re.compile(rb'(?:"(?P<quoted>-?\d{1,18}(?:\.\d{1,30})?)"|(?P<bare>-?\d{1,18}(?:\.\d{1,30})?))')
_LONGEST_FIELD = 8_000

Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class TooManyRows(EdgeRefusal):
    """One request takes at most {most} rows."""

    code = "TOO_MANY_ROWS"
    status = 413


class RowUnreadable(EdgeRefusal):
    """The row cannot be read: {cause}."""

    code = "ROW_UNREADABLE"
    status = 422


class IntakeRow(Struct, forbid_unknown_fields=True, kw_only=True):
    """One claim. Its charge is named in one way: ``charge``; ``source`` and ``external_id``; or ``invoice`` with
    ``feature`` or ``usage_record``. Without ``amount`` it asks for all that is left."""

    charge: ChargeId | UnsetType = UNSET
    source: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    external_id: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    invoice: Number | UnsetType = UNSET
    feature: Number | UnsetType = UNSET
    usage_record: Number | UnsetType = UNSET
    amount: Amount | UnsetType = UNSET
    reason: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=4000)] | UnsetType = UNSET
    type: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    override_cause: Annotated[str, Meta(max_length=4000)] | UnsetType = UNSET


class _Fast(IntakeRow, kw_only=True):
    amount: Raw | UnsetType = UNSET  # type: ignore[assignment]  # its text as it was sent, so that no number is a float


FIELDS = IntakeRow.__struct_fields__
_NUMBERS = frozenset({"invoice", "feature", "usage_record"})
_decoder = msgspec.json.Decoder(_Fast)

Read = IntakeRow | Refusal
"""A row, or why it is none."""


def rows_of(media: str, raw: bytes) -> Iterator[tuple[int, Read]]:
    """Each row with the number of its line, from 1 on; empty lines are passed over.

    Raises at once, before the first row: UnsupportedMediaType, TooManyRows, and for CSV UnknownField, RowUnreadable.
    """
    if media == NDJSON:
        if raw.count(b"\n") >= MOST_ROWS and sum(1 for line in io.BytesIO(raw) if line.strip()) > MOST_ROWS:
            raise TooManyRows(most=f"{MOST_ROWS:,}")
        return _json_rows(raw)
    if media == CSV:
        return _csv_rows(raw)
    raise UnsupportedMediaType(accepted=", ".join(MEDIA), headers={"Accept": ", ".join(MEDIA)})


def _json_rows(raw: bytes) -> Iterator[tuple[int, Read]]:
    for number, line in enumerate(io.BytesIO(raw), start=1):
        if line := line.strip():
            yield number, _json_row(line)


def _json_row(line: bytes) -> Read:
    """A line the quick way where it holds nothing unusual, else the strict way, which names what is wrong."""
    if b"\\u" not in line and line.isascii():
        try:
            row = _decoder.decode(line)
        except msgspec.MsgspecError:
            return _strict(line)
        # As many colons as members: none stands twice, and none is hidden in a text.
        members = len(FIELDS) - msgspec.structs.astuple(row).count(UNSET)
        if line.count(b":") == members and _amount(row):
            return row
    return _strict(line)


def _amount(row: Any) -> bool:
    """Put the amount in the place of its text; whether it is one."""
    if row.amount is UNSET:
        return True
    found = _AMOUNT.fullmatch(bytes(row.amount))
    if found is not None:
        row.amount = Amount((found["quoted"] or found["bare"]).decode())
    return found is not None


def _strict(line: bytes) -> Read:
    try:
        row: IntakeRow = shaped(decode(line), IntakeRow)
    except Refusal as refusal:
        return refusal
    return row


def _csv_rows(raw: bytes) -> Iterator[tuple[int, Read]]:
    """Rows below a line with the names of the columns. Raises RowUnreadable, UnknownField, TooManyRows."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RowUnreadable(cause="the file is not UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise RowUnreadable(cause="the line with the names of the columns is no CSV") from error
    for name in head:
        if name not in FIELDS:
            raise UnknownField(field=name[:60])
    if len(set(head)) != len(head):
        raise RowUnreadable(cause="a column stands twice")
    ends = raw.count(b"\n") + raw.count(b"\r")
    if ends > MOST_ROWS and sum(1 for _, row in _records(text) if row) - 1 > MOST_ROWS:
        raise TooManyRows(most=f"{MOST_ROWS:,}")
    return _csv_read(reader, head)


def _records(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Every record of a file with the line it ends on; None for one that is no CSV."""
    yield from _each(csv.reader(io.StringIO(text, newline=""), strict=True))


def _each(reader: Any) -> Iterator[tuple[int, list[str] | None]]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield reader.line_num, None
        else:
            yield reader.line_num, row


def _csv_read(reader: Any, head: list[str]) -> Iterator[tuple[int, Read]]:
    for number, cells in _each(reader):
        if cells is None:
            yield number, RowUnreadable(cause="it is no CSV")
        elif any(cells):
            yield number, _csv_row(head, cells)


def _csv_row(head: list[str], cells: list[str]) -> Read:
    if len(cells) != len(head):
        return RowUnreadable(cause=f"it has {len(cells)} cells below {len(head)} columns")
    said: dict[str, Any] = {name: cell for name, cell in zip(head, cells, strict=True) if cell}
    try:
        for name, cell in said.items():
            check_storable(cell, name)
            if name in _NUMBERS:
                said[name] = _number(name, cell)
        row: IntakeRow = shaped(said, IntakeRow)
    except Refusal as refusal:
        return refusal
    return row


def _number(name: str, cell: str) -> int:
    if not (cell.isascii() and cell.isdecimal() and len(cell) < 19):
        raise FieldInvalid(field=name, cause="it is a whole number")
    return int(cell)


def name_of(row: IntakeRow) -> ChargeName | Refusal:
    """How the row names its charge; the refusal of one that names it in no way, or in two."""
    if row.charge is not UNSET and msgspec.structs.astuple(row)[1 : len(_NAMING)].count(UNSET) == len(_NAMING) - 1:
        return ChargeName(ids.number_of(ids.CHARGE, row.charge))
    values: Mapping[str, Any] = {name: said for name in _NAMING if (said := getattr(row, name)) is not UNSET}
    if values.keys() not in _WAYS:
        return RowUnreadable(cause=("it does not name one charge; " if values else "it names no charge; ") + _HOW)
    charge = ids.number_of(ids.CHARGE, values["charge"]) if "charge" in values else None
    return ChargeName(
        charge_id=charge,
        source=values.get("source"),
        external_id=values.get("external_id"),
        invoice=values.get("invoice"),
        feature=values.get("feature"),
        usage=values.get("usage_record"),
    )


_WAYS: tuple[set[str], ...] = (
    {"charge"},
    {"source", "external_id"},
    {"invoice", "feature"},
    {"invoice", "usage_record"},
)
_NAMING = sorted(set[str]().union(*_WAYS))
_HOW = "give charge, or source and external_id, or invoice with feature or usage_record"
REFUSALS: tuple[type[Refusal], ...] = (TooManyRows, RowUnreadable, UnknownField, MalformedJson, FieldInvalid)
