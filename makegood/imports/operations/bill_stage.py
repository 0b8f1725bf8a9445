"""The temporary tables of an import of bills, and the way of lines into them and through the statements."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from babel.core import get_global
from django.db import connection

from makegood.imports.policy.bill_columns import fragments
from makegood.imports.policy.bill_layout import TEXTS
from makegood.kernel import sql
from makegood.kernel.money import LARGEST, MICROS

_LINES_AT_ONCE = 800
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('makegood import', 0))"
_SETTINGS = ("SET LOCAL work_mem = '96MB'", "SET LOCAL datestyle = 'ISO, MDY'", "SET LOCAL jit = off")
_COLUMNS = ("n bigint", "k integer", "bad text", "bill text", *(f"{name} text" for name in TEXTS))

StagedLine = tuple[Any, ...]
"""``(n, k, bad, bill, *TEXTS)``: row of the file, place in it, mark of what cannot be imported, key of the bill."""


@cache
def _statement(name: str) -> str:
    return sql.spliced(name, fragments())


@cache
def _into_chunks() -> str:
    """A line without a number takes its place on the bill."""
    counted = "coalesce(r.line, row_number() OVER (PARTITION BY r.bill ORDER BY r.n, r.k)::text)"
    numbered = f"CASE WHEN r.raw IS NOT NULL THEN {counted} END"
    columns = [numbered if name == "line" else f"r.{name}" for name in ("n", "k", "bad", "bill", *TEXTS)]
    return sql.spliced("imports.bill_stage", {"columns": ", ".join(columns)})


class BillStage:
    """One session's staging tables for bills."""

    def __init__(self, statement: str, **parameters: Any) -> None:
        """``statement`` judges a chunk; ``parameters`` are those that hold for all of them."""
        self._name = statement
        self._parameters = {
            **parameters,
            "currencies": sorted(get_global("all_currencies")),
            "largest": LARGEST // MICROS,
        }

    def create(self) -> None:
        """Make the tables of this session."""
        self.drop()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE bill_read ({', '.join(_COLUMNS)})")
            cursor.execute(f"CREATE TEMPORARY TABLE bill_stage (chunk integer, {', '.join(_COLUMNS)})")

    def drop(self) -> None:
        """Forget the tables."""
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.bill_read, pg_temp.bill_stage")

    def load(self, lines: Iterable[StagedLine], chunk_lines: int) -> list[int]:
        """Copy all lines in and put them into chunks of whole bills; the chunks. Needs a transaction."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '96MB'")
            with cursor.copy("COPY bill_read FROM STDIN (FORMAT csv)") as copy:
                for block in _blocks(iter(lines)):
                    copy.write(block)
            cursor.execute("ANALYZE bill_read")
            cursor.execute(_into_chunks(), {"lines": chunk_lines})
            cursor.execute("TRUNCATE bill_read")
            cursor.execute("CREATE INDEX ON bill_stage (chunk)")
            cursor.execute("ANALYZE bill_stage")
            cursor.execute("SELECT DISTINCT chunk FROM bill_stage ORDER BY chunk")
            return [chunk for (chunk,) in cursor]

    def run(self, chunk: int, **flags: Any) -> list[tuple[str, int, int, list[str], dict[str, Any]]]:
        """The answer of the statement over a chunk. Needs a transaction of its own."""
        with connection.cursor() as cursor:
            for setting in _SETTINGS:
                cursor.execute(setting)
            cursor.execute(_LOCK)
            cursor.execute(_statement(self._name), {**self._parameters, **flags, "chunk": chunk})
            return [(kind, n, k, faults or [], _loaded(detail)) for kind, n, k, faults, detail in cursor]


def _blocks(lines: Iterator[StagedLine]) -> Iterator[str]:
    while block := list(islice(lines, _LINES_AT_ONCE)):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(block)
        yield out.getvalue()


def _loaded(value: Any) -> Any:
    """jsonb as Python reads it; Django hands it over as text."""
    return json.loads(value) if isinstance(value, str) else value
