"""The log as a file: exactly what is filtered, its columns and order, streamed, and told to the journal when it ends.

CSV as ``exports`` writes it, or JSON Lines with the same columns. Amounts are plain decimals beside currency and
micros.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.http import StreamingHttpResponse

from makegood.billing.states import LogKind
from makegood.disputes.selectors.call_log import CallRow, streamed_log
from makegood.journal.operations import record
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.states import Verb
from makegood.web import exports
from makegood.web.log_filter import Asked
from makegood.web.middleware import PageRequest

TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}
Value = str | int | None | datetime | Money
Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of the file: its heading, and its value for a row."""

    name: str
    value: Callable[[Row], Value]
    is_amount: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """One heading; of an amount three."""
        return exports.amount_columns(self.name) if self.is_amount else (self.name,)


Columns = tuple[Column[CallRow], ...]


def _more(name: str) -> Callable[[CallRow], Value]:
    return lambda row: getattr(row.more, name) if row.more else ""


def _of(name: str) -> Callable[[CallRow], Value]:
    return lambda row: getattr(row.charge, name)


def _number(name: str) -> Callable[[CallRow], Value]:
    """A number with every digit it has."""

    def value(row: CallRow) -> Value:
        number = getattr(row.more, name) if row.more else None
        return f"{number.normalize():f}" if number is not None else None

    return value


_PRICED: Columns = (
    Column("quantity", _number("amount")), Column("unit", _more("unit")), Column("unit_price", _number("price")),
)  # fmt: skip
_CALL: Columns = (
    Column("caller", _of("caller")), Column("destination", _of("destination")), Column("category", _of("category")),
    Column("campaign", _of("campaign")), Column("call_status", _of("status")), Column("duration_s", _of("duration_s")),
    Column("ended_by", _of("hung_up")),
)  # fmt: skip
_LEAD: Columns = (
    Column("channel", _more("channel")), Column("contact", _of("contact")), Column("email", _of("email")),
    Column("caller", _of("caller")), Column("category", _of("category")), Column("campaign", _of("campaign")),
    Column("call_status", _of("status")), Column("duration_s", _of("duration_s")),
)  # fmt: skip
_USAGE: Columns = (
    Column("what", _more("what")), Column("service", _more("service")), Column("caller", _of("caller")),
    Column("destination", _of("destination")), *_PRICED,
)  # fmt: skip
_LINE: Columns = (
    Column("invoice", _of("invoice")), Column("line", _of("line")), Column("period", _more("period")),
    Column("service", _more("service")), *_PRICED, Column("tax", _of("tax"), is_amount=True),
)  # fmt: skip
_BY_KIND = {LogKind.CALLS: _CALL, LogKind.LEADS: _LEAD, LogKind.USAGE: _USAGE, LogKind.LINES: _LINE}


def _every() -> Columns:
    """The columns of every kind, each once."""
    found = {column.name: column for columns in _BY_KIND.values() for column in columns}
    return (Column("kind", _of("noun")), *found.values())


def columns_of(request: PageRequest, kind: LogKind | None, *, files: bool) -> Columns:
    """The columns of a kind, in the order of the page, as far as the person may read them."""
    first: Columns = (
        Column("id", _of("external_id")),
        Column("when", _of("occurred_at")),
        Column("zone", lambda _: request.zone),
    )
    buyer: Columns = (Column("buyer", _of("customer")),) if request.principal.customer_id is None else ()
    vendor: Columns = (Column("vendor", _of("vendor")),) if request.principal.can(Verb.PAYOUT_VIEW) else ()
    last: Columns = (
        Column("charged", _of("charged"), is_amount=True),
        Column("credited", lambda row: row.credited, is_amount=True),
        Column("billed_on", _of("billed_at")),
        Column("review_status", lambda row: row.status),
        Column("dispute", lambda row: row.dispute.number if row.dispute else ""),
    )
    can: Columns = (
        Column("can_dispute", lambda row: "yes" if row.can_dispute else "no"),
        Column("until", lambda row: row.closes_at),
        Column("why_not", lambda row: "" if row.can_dispute else row.why),
    )
    kinds = _BY_KIND[kind] if kind else _every()
    return (*first, *buyer, *vendor, *kinds, *last, *(can if files else ()))


def _plain(value: Value, column: Column[Any], zone: str) -> list[str | int | None]:
    """The cells of a value, as numbers and texts; times in ISO."""
    if column.is_amount:
        return list(exports.amount(value if isinstance(value, Money) else None))
    if isinstance(value, datetime):
        return [exports.moment(value, zone)]
    return ["" if value is None else value] if isinstance(value, str | int | None) else [str(value)]


def _guarded(cells: list[str | int | None], column: Column[Any]) -> list[str | int | None]:
    """The same with texts guarded; the decimals of amounts are numbers."""
    return cells if column.is_amount else [exports.text(cell) if isinstance(cell, str) else cell for cell in cells]


def _csv(rows: Iterator[Row], columns: tuple[Column[Row], ...], request: PageRequest) -> Iterator[str]:
    cells = (
        [cell for column in columns for cell in _guarded(_plain(column.value(row), column, request.zone), column)]
        for row in rows
    )
    headings = [name for column in columns for name in column.headings]
    return exports.lines(headings, cells, mark=request.GET.get("bom") == "1")


def _json_lines(rows: Iterator[Row], columns: tuple[Column[Row], ...], request: PageRequest) -> Iterator[str]:
    for row in rows:
        cells = {
            name: cell if cell != "" else None
            for column in columns
            for name, cell in zip(column.headings, _plain(column.value(row), column, request.zone), strict=True)
        }
        yield json.dumps(cells, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """What is written: the list's name, its columns, and its rows, which are asked for once and closed."""

    name: str
    columns: tuple[Column[Row], ...]
    rows: Callable[[], Generator[Row, None, None]]


class _Told(Generic[Row]):
    """Rows that are counted as they go; when they end, or the reader leaves, the journal is told."""

    def __init__(self, request: PageRequest, listed: Listed[Row], query: str, form: str) -> None:
        self.request, self.listed, self.query, self.form = request, listed, query, form
        self.count = 0

    def each(self) -> Iterator[Row]:
        """The rows, once."""
        whole = False
        try:
            with closing(self.listed.rows()) as rows:
                for row in rows:
                    self.count += 1
                    yield row
            whole = True
        finally:
            self._tell(whole=whole)

    def _tell(self, *, whole: bool) -> None:
        principal = self.request.principal
        changes = {
            "list": self.listed.name, "query": self.query, "form": self.form, "rows": self.count, "whole": whole,
        }  # fmt: skip
        record(
            principal, verb="export", event="list.exported", object_kind="user", object_id=principal.id or 0,
            changes=changes,
        )  # fmt: skip


def file_of(request: PageRequest, asked: Asked, form: str, *, files: bool) -> StreamingHttpResponse:
    """The answer that downloads ``calls-2026-11-22.csv``."""
    kind = asked.wanted.query.kind
    listed = Listed(
        kind.value if kind else "charges",
        columns_of(request, kind, files=files),
        lambda: streamed_log(request.principal, asked.wanted),
    )
    return written(request, listed, asked.query, form)


def written(request: PageRequest, listed: Listed[Row], query: str, form: str) -> StreamingHttpResponse:
    """The answer that downloads a list, narrowed by ``query``, in a form of TYPES."""
    write = _csv if form == "csv" else _json_lines
    rows = _Told(request, listed, query, form).each()
    answer = StreamingHttpResponse(write(rows, listed.columns, request), content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{listed.name}-{clock.now():%Y-%m-%d}.{form}"'
    return answer
