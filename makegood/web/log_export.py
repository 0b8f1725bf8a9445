"""The log as a file: exactly what is filtered, its columns and order, streamed, and told to the journal when it ends.

CSV as ``exports`` writes it, or JSON Lines with the same columns. Amounts are plain decimals beside currency and
micros.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True)
class Column:
    """A column of the file: its heading, and its value for a row."""

    name: str
    value: Callable[[CallRow], Value]
    is_amount: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """One heading; of an amount three."""
        return exports.amount_columns(self.name) if self.is_amount else (self.name,)


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


_PRICED = (
    Column("quantity", _number("amount")), Column("unit", _more("unit")), Column("unit_price", _number("price")),
)  # fmt: skip
_CALL = (
    Column("caller", _of("caller")), Column("destination", _of("destination")), Column("category", _of("category")),
    Column("campaign", _of("campaign")), Column("call_status", _of("status")), Column("duration_s", _of("duration_s")),
    Column("ended_by", _of("hung_up")),
)  # fmt: skip
_LEAD = (
    Column("channel", _more("channel")), Column("contact", _of("contact")), Column("email", _of("email")),
    Column("caller", _of("caller")), Column("category", _of("category")), Column("campaign", _of("campaign")),
    Column("call_status", _of("status")), Column("duration_s", _of("duration_s")),
)  # fmt: skip
_USAGE = (
    Column("what", _more("what")), Column("service", _more("service")), Column("caller", _of("caller")),
    Column("destination", _of("destination")), *_PRICED,
)  # fmt: skip
_LINE = (
    Column("invoice", _of("invoice")), Column("line", _of("line")), Column("period", _more("period")),
    Column("service", _more("service")), *_PRICED, Column("tax", _of("tax"), is_amount=True),
)  # fmt: skip
_BY_KIND = {LogKind.CALLS: _CALL, LogKind.LEADS: _LEAD, LogKind.USAGE: _USAGE, LogKind.LINES: _LINE}


def _every() -> tuple[Column, ...]:
    """The columns of every kind, each once."""
    found = {column.name: column for columns in _BY_KIND.values() for column in columns}
    return (Column("kind", _of("noun")), *found.values())


def columns_of(request: PageRequest, kind: LogKind | None, *, files: bool) -> tuple[Column, ...]:
    """The columns of a kind, in the order of the page, as far as the person may read them."""
    first = (
        Column("id", _of("external_id")),
        Column("when", _of("occurred_at")),
        Column("zone", lambda _: request.zone),
    )
    buyer = (Column("buyer", _of("customer")),) if request.principal.customer_id is None else ()
    vendor = (Column("vendor", _of("vendor")),) if request.principal.can(Verb.PAYOUT_VIEW) else ()
    last = (
        Column("charged", _of("charged"), is_amount=True),
        Column("credited", lambda row: row.credited, is_amount=True),
        Column("billed_on", _of("billed_at")),
        Column("review_status", lambda row: row.status),
        Column("dispute", lambda row: row.dispute.number if row.dispute else ""),
    )
    can = (
        Column("can_dispute", lambda row: "yes" if row.can_dispute else "no"),
        Column("until", lambda row: row.closes_at),
        Column("why_not", lambda row: "" if row.can_dispute else row.why),
    )
    kinds = _BY_KIND[kind] if kind else _every()
    return (*first, *buyer, *vendor, *kinds, *last, *(can if files else ()))


def _plain(value: Value, column: Column, zone: str) -> list[str | int | None]:
    """The cells of a value, as numbers and texts; times in ISO."""
    if column.is_amount:
        return list(exports.amount(value if isinstance(value, Money) else None))
    if isinstance(value, datetime):
        return [exports.moment(value, zone)]
    return ["" if value is None else value] if isinstance(value, str | int | None) else [str(value)]


def _guarded(cells: list[str | int | None], column: Column) -> list[str | int | None]:
    """The same with texts guarded; the decimals of amounts are numbers."""
    return cells if column.is_amount else [exports.text(cell) if isinstance(cell, str) else cell for cell in cells]


def _csv(rows: Iterator[CallRow], columns: tuple[Column, ...], request: PageRequest) -> Iterator[str]:
    cells = (
        [cell for column in columns for cell in _guarded(_plain(column.value(row), column, request.zone), column)]
        for row in rows
    )
    headings = [name for column in columns for name in column.headings]
    return exports.lines(headings, cells, mark=request.GET.get("bom") == "1")


def _json_lines(rows: Iterator[CallRow], columns: tuple[Column, ...], request: PageRequest) -> Iterator[str]:
    for row in rows:
        cells = {
            name: cell if cell != "" else None
            for column in columns
            for name, cell in zip(column.headings, _plain(column.value(row), column, request.zone), strict=True)
        }
        yield json.dumps(cells, ensure_ascii=False) + "\n"


class _Told:
    """Rows that are counted as they go; when they end, or the reader leaves, the journal is told."""

    def __init__(self, request: PageRequest, asked: Asked, form: str) -> None:
        self.request, self.asked, self.form = request, asked, form
        self.rows = 0

    def each(self) -> Iterator[CallRow]:
        """The rows, once."""
        whole = False
        try:
            with closing(streamed_log(self.request.principal, self.asked.wanted)) as rows:
                for row in rows:
                    self.rows += 1
                    yield row
            whole = True
        finally:
            self._tell(whole=whole)

    def _tell(self, *, whole: bool) -> None:
        principal = self.request.principal
        kind = self.asked.wanted.query.kind
        changes = {
            "list": kind.value if kind else "charges", "query": self.asked.query, "form": self.form,
            "rows": self.rows, "whole": whole,
        }  # fmt: skip
        record(
            principal, verb="export", event="list.exported", object_kind="user", object_id=principal.id or 0,
            changes=changes,
        )  # fmt: skip


def file_of(request: PageRequest, asked: Asked, form: str, *, files: bool) -> StreamingHttpResponse:
    """The answer that downloads ``calls-2026-11-22.csv``."""
    kind = asked.wanted.query.kind
    columns = columns_of(request, kind, files=files)
    write = _csv if form == "csv" else _json_lines
    answer = StreamingHttpResponse(
        write(_Told(request, asked, form).each(), columns, request), content_type=TYPES[form]
    )
    name = kind.value if kind else "charges"
    answer["Content-Disposition"] = f'attachment; filename="{name}-{clock.now():%Y-%m-%d}.{form}"'
    return answer
