"""The queue as a file: its filter, its order and its columns, streamed, and told to the journal when it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.http import StreamingHttpResponse

from makegood.disputes.selectors.queue_page import streamed
from makegood.disputes.selectors.queue_rows import QueueRow
from makegood.journal.operations import record
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.web import exports
from makegood.web.middleware import PageRequest
from makegood.web.queue_columns import BY_KEY, Column, Value
from makegood.web.queue_filter import Asked

TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}
_FIRST = Column("dispute", "Dispute", lambda row: row.dispute.number)


def _cells(column: Column, row: QueueRow, zone: str) -> list[exports.Cell]:
    value: Value = column.value(row)
    if column.is_amount:
        return list(exports.amount(value if isinstance(value, Money) else None))
    if isinstance(value, datetime):
        return [exports.moment(value, zone)]
    return [value if isinstance(value, str | int) else ""]


def _headings(columns: Sequence[Column]) -> list[str]:
    return [name for one in columns for name in (exports.amount_columns(one.key) if one.is_amount else (one.key,))]


def _csv(rows: Iterator[QueueRow], columns: Sequence[Column], request: PageRequest) -> Iterator[str]:
    def guarded(column: Column, row: QueueRow) -> list[exports.Cell]:
        cells = _cells(column, row, request.zone)
        return cells if column.is_amount else [exports.text(one) if isinstance(one, str) else one for one in cells]

    lines = ([*(cell for one in columns for cell in guarded(one, row)), request.zone] for row in rows)
    return exports.lines([*_headings(columns), "zone"], lines, mark=request.GET.get("bom") == "1")


def _json_lines(rows: Iterator[QueueRow], columns: Sequence[Column], request: PageRequest) -> Iterator[str]:
    headings = [*_headings(columns), "zone"]
    for row in rows:
        cells = [*(cell for one in columns for cell in _cells(one, row, request.zone)), request.zone]
        said = {name: None if cell == "" else cell for name, cell in zip(headings, cells, strict=True)}
        yield json.dumps(said, ensure_ascii=False) + "\n"


def _told(request: PageRequest, asked: Asked, form: str) -> Iterator[QueueRow]:
    """The rows, once; when they end, or the reader leaves, the journal is told."""
    count, whole = 0, False
    try:
        for row in streamed(request.principal, asked.query):
            count += 1
            yield row
        whole = True
    finally:
        changes = {"list": "queue", "query": asked.said, "form": form, "rows": count, "whole": whole}
        record(
            request.principal,
            verb="export",
            event="list.exported",
            object_kind="user",
            object_id=request.principal.id or 0,
            changes=changes,
        )


def file_of(request: PageRequest, asked: Asked, form: str, keys: Sequence[str]) -> StreamingHttpResponse:
    """The answer that downloads ``queue-2026-11-22.csv`` with the columns of these keys."""
    columns = (_FIRST, *(BY_KEY[key] for key in keys))
    write = _csv if form == "csv" else _json_lines
    answer = StreamingHttpResponse(write(_told(request, asked, form), columns, request), content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="queue-{clock.now():%Y-%m-%d}.{form}"'
    return answer
