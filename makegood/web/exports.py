"""Lists as CSV: exactly what is filtered, streamed row by row, and told to the journal.

UTF-8 by RFC 4180, with a byte order mark for ``?bom=1``. Times are ISO in the reader's zone, with the zone in a column
of its own; an amount is three columns: plain decimal, currency, micros. A text that a spreadsheet would take for a
formula gets an apostrophe in front; numbers do not, since credits are rightly negative.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse

from makegood.journal.operations import record
from makegood.kernel import clock
from makegood.kernel.money import Money, plain
from makegood.web.middleware import PageRequest

Cell = str | int | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "\ufeff"


class _Line:
    """What the csv writer writes to: it hands the line back instead of keeping it."""

    def write(self, text: str) -> str:
        """The line itself."""
        return text


def text(value: str) -> str:
    """A text cell, guarded against being read as a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def moment(at: datetime | None, zone: str) -> str:
    """A time as ISO in the reader's zone; empty where there is none."""
    return at.astimezone(ZoneInfo(zone)).isoformat() if at else ""


def amount(value: Money | None) -> tuple[Cell, Cell, Cell]:
    """Three cells: plain decimal, currency, micros; empty where there is no amount."""
    return (plain(value.micros, value.currency), value.currency, value.micros) if value is not None else ("", "", "")


def amount_columns(name: str) -> tuple[str, str, str]:
    """The headings of the three cells of an amount."""
    return name, f"{name}_currency", f"{name}_micros"


def lines(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, mark: bool = False) -> Iterator[str]:
    """The lines of the file, each as soon as its row is there."""
    writer: Any = csv.writer(_Line())
    yield (MARK if mark else "") + writer.writerow(columns)
    for row in rows:
        yield writer.writerow(["" if cell is None else cell for cell in row])


def csv_of(
    request: PageRequest, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """The answer that downloads ``name-2026-11-22.csv``; the journal hears who took what, and by which filter."""
    record(
        request.principal,
        verb="export",
        event="list.exported",
        object_kind="user",
        object_id=request.principal.id or 0,
        changes={"list": name, "query": request.GET.urlencode()[:1_000]},
    )
    answer = StreamingHttpResponse(
        lines(columns, rows, mark=request.GET.get("bom") == "1"), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}-{clock.now():%Y-%m-%d}.csv"'
    return answer
