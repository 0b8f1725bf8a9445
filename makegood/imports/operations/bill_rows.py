"""Turns CSV bills (and flat JSON) into staged lines: the canonical columns of ``mappings/bills/generic.yaml``."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from makegood.imports.entries import BillOptions
from makegood.imports.operations.bill_files import BillFile
from makegood.imports.operations.bill_stage import StagedLine
from makegood.imports.operations.rows import Refuse, Rows
from makegood.imports.policy.bill_layout import TEXTS, kind_of, signed, spelled, told_by
from makegood.imports.policy.phones import normalized

CANONICAL = {
    "number": "invoice_number",
    "customer": "customer_id",
    "customer_name": "customer_name",
    "issued": "issued_on",
    "due": "due_on",
    "period_start": "period_start",
    "period_end": "period_end",
    "period_number": "period_number",
    "total": "total",
    "state": "status",
    "usage_alias": "usage_alias",
    "line": "line_id",
    "label": "description",
    "service": "service_number",
    "net": "net",
    "tax": "tax",
    "gross": "gross",
    "jurisdiction": "tax_jurisdiction",
    "currency": "currency",
    "quantity": "quantity",
    "unit": "unit",
    "unit_price": "unit_price",
    "occurred": "occurred_at",
    "covers_start": "detail",
    "covers_end": "detail",
    "duration_s": "duration_s",
}
"""Which column each staged text is read from."""
_SLOT = {name: slot for slot, name in enumerate(TEXTS)}
_NUMBER, _CUSTOMER, _ISSUED, _STATE, _LINE, _RAW = (
    _SLOT[name] for name in ("number", "customer", "issued", "state", "line", "raw")
)
_LABEL, _SUBKIND, _IS_CREDIT, _UNIT, _DESTINATION = (
    _SLOT[name] for name in ("label", "subkind", "is_credit", "unit", "destination")
)
_PERIOD_START, _PERIOD_END, _COVERS_START, _COVERS_END = (
    _SLOT[name] for name in ("period_start", "period_end", "covers_start", "covers_end")
)
_AMOUNTS = tuple(_SLOT[name] for name in ("net", "tax", "gross", "total"))
_NET = _SLOT["net"]
_encode = json.JSONEncoder(ensure_ascii=False).encode
_MONTH = re.compile(r"^(\d{4})-(\d\d)$")
_MONTHLY_LABEL = "Monthly charges"
OPEN = frozenset({"new", "on_hold", "validated", "draft", "open_draft", "pending", "not_issued", "trial"})
PAID = frozenset({"paid", "settled", "closed", "paid_in_full"})

Lines = Iterator[StagedLine]
Source = Callable[[], Lines]


def state_of(word: str) -> str | None:
    """``paid``, ``open:`` and the word for a bill that is not issued yet, else nothing."""
    known = spelled(word)
    if known in OPEN:
        return f"open:{word}"
    return "paid" if known in PAID else None


def bill_key(number: str | None, customer: str | None, issued: str | None) -> str:
    """What the lines of one bill have in common: its number, else the customer and when it was issued."""
    if number:
        return number.lstrip("0") or number
    return f"{customer or ''} {issued or ''}".strip()


def line_key(line: str | None) -> str | None:
    """A line's id; a whole number has no leading zeros."""
    return (line.lstrip("0") or "0") if line and line.isdecimal() else line


class CsvBills:
    """The lines of a CSV bill. ``refuse`` hears of rows that cannot be staged."""

    def __init__(self, file: BillFile, options: BillOptions, refuse: Refuse) -> None:
        self.rows = Rows(file.survey, refuse)
        known = file.found.positions
        self._file = file
        self._options = options
        self._places = [(_SLOT[text], known[name]) for text, name in CANONICAL.items() if name in known]
        self._type, self._period, self._detail = (known.get(name) for name in ("type", "period", "detail"))
        self._monthly = known.get("monthly") if "net" not in known else None

    def __iter__(self) -> Lines:
        survey = self._file.survey
        with closing(iter(self.rows)) as rows:
            for n, bad, _, *cells in csv.reader(rows, delimiter=survey.delimiter):
                yield self._line(int(n), bad, [cell.strip() or None for cell in cells])

    def _line(self, n: int, bad: str, cells: Sequence[str | None]) -> StagedLine:
        texts: list[str | None] = [None] * len(TEXTS)
        for slot, place in self._places:
            texts[slot] = cells[place]
        customer = texts[_CUSTOMER] = texts[_CUSTOMER] or self._options.customer or None
        issued = texts[_ISSUED] = texts[_ISSUED] or self._options.issued_on or None
        if self._monthly is not None:
            texts[_NET] = cells[self._monthly]
        for slot in _AMOUNTS:
            if amount := texts[slot]:
                texts[slot] = signed(amount)
        self._kind(texts, cells)
        self._period_and_detail(texts, cells)
        if state := texts[_STATE]:
            texts[_STATE] = state_of(state)
        texts[_LINE] = line_key(texts[_LINE])
        texts[_RAW] = _encode(dict(zip(self._file.survey.headers, cells, strict=True)))
        return (n, 0, bad or None, bill_key(texts[_NUMBER], customer, issued), *texts)

    def _kind(self, texts: list[str | None], cells: Sequence[str | None]) -> None:
        if self._monthly is not None:
            texts[_SUBKIND], texts[_LABEL] = "recurring", texts[_LABEL] or _MONTHLY_LABEL
            return
        word = cells[self._type] if self._type is not None else None
        kind = kind_of(word or "", texts[_LABEL] or "", texts[_UNIT] or "")
        texts[_SUBKIND], texts[_IS_CREDIT] = kind.subkind.value, "yes" if kind.is_credit else None

    def _period_and_detail(self, texts: list[str | None], cells: Sequence[str | None]) -> None:
        if self._period is not None and (period := cells[self._period]):
            if month := _MONTH.match(period):
                texts[_PERIOD_START] = f"{month[1]}-{month[2]}-01"
            elif days := told_by(period):
                texts[_PERIOD_START], texts[_PERIOD_END] = days.get("covers_start"), days.get("covers_end")
        texts[_COVERS_START] = texts[_COVERS_END] = None
        if self._detail is not None and (detail := cells[self._detail]):
            for name, told in told_by(detail).items():
                texts[_SLOT[name]] = texts[_SLOT[name]] or told
        if destination := texts[_DESTINATION]:
            texts[_DESTINATION] = normalized(destination)
