"""Rows of a file that are no calls of their own: parts of other calls, other records, and corrections.

Parts must be known before the calls they belong to, and corrections come after what they correct, wherever they stand
in the file. So a format that knows parts is read to its end before the first call is judged, and corrections wait
until everything else has been.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from makegood.imports.policy.compiler import Compiled
from makegood.imports.policy.recognition import Recognized

_TABLES = "pg_temp.import_later, pg_temp.import_part, pg_temp.import_child"


class Aside:
    """One session's tables of rows that were set aside, for files of one format."""

    def __init__(self, compiled: Compiled, found: Recognized, parameters: Mapping[str, Any]) -> None:
        fragments, children = compiled.fragments, found.mapping.children
        self._is_child = fragments["is_child"]
        self._is_left_out = fragments["is_left_out"]
        self._waits = "true" if self._is_child else fragments["is_correction"]
        self._parameters = parameters
        self._id = f"c{found.positions[children.id]}" if children and self._is_child else ""
        self._parent = f"c{found.positions[children.parent]}" if children and self._is_child else ""
        self._most = f"c{found.positions.get(children.most, 0)}" if children and self._is_child else ""

    @property
    def is_needed(self) -> bool:
        """Whether the format has such rows at all."""
        return bool(self._waits or self._is_left_out)

    def create(self) -> None:
        """Make the tables, shaped like the staging table, which is there already."""
        self.drop()
        if self.is_needed:
            self._run("CREATE TEMPORARY TABLE import_later (LIKE import_stage)")
            self._run("CREATE TEMPORARY TABLE import_part (LIKE import_stage)")
            self._run("CREATE TEMPORARY TABLE import_child (LIKE import_stage)")

    def drop(self) -> None:
        """Forget the tables."""
        self._run(f"DROP TABLE IF EXISTS {_TABLES}")

    def sort_out(self) -> tuple[int, int]:
        """Take such rows out of the staging table; how many were parts of other calls, and how many no calls."""
        parts = self._move(self._is_child, "import_part") if self._is_child else 0
        others = self._drop(self._is_left_out) if self._is_left_out else 0
        if self._waits:
            self._move(self._waits, "import_later")
        return parts, others

    def pick_children(self) -> int:
        """Once the file was read: of each call's parts, the one with the most is the one to read.

        Parts of calls that are not in this file are dropped; returns how many.
        """
        orphans = 0
        if self._is_child:
            parent, most = f"btrim({self._parent})", self._most
            orphans = self._run(
                f"DELETE FROM import_part p WHERE btrim(p.{self._parent}) NOT IN "  # noqa: S608
                f"(SELECT {self._id} FROM import_later WHERE {self._id} IS NOT NULL)"
            )
            self._run(
                f"INSERT INTO import_child SELECT DISTINCT ON ({parent}) * FROM import_part"  # noqa: S608
                f" ORDER BY {parent}, coalesce(length({most}), 0) DESC, {most} DESC NULLS LAST, n"
            )
            self._run(f"CREATE INDEX ON import_child ({self._parent})")
            self._run("ANALYZE import_child")
        return orphans

    def stage(self, most: int) -> int:
        """Put up to ``most`` waiting rows into the emptied staging table, in the order of the file; how many."""
        self._run("TRUNCATE import_stage")
        return self._run(
            "WITH next AS (DELETE FROM import_later WHERE ctid = ANY(ARRAY("
            "SELECT ctid FROM import_later ORDER BY n LIMIT %(most)s)) RETURNING *)"
            " INSERT INTO import_stage SELECT * FROM next ORDER BY n",
            most=most,
        )

    def _drop(self, condition: str) -> int:
        return self._run(f"DELETE FROM import_stage s WHERE {condition}")  # noqa: S608 - compiled, trusted text

    def _move(self, condition: str, table: str) -> int:
        return self._run(
            f"WITH moved AS (DELETE FROM import_stage s WHERE {condition} RETURNING *)"  # noqa: S608
            f" INSERT INTO {table} SELECT * FROM moved"
        )

    def _run(self, statement: str, **parameters: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**self._parameters, **parameters})
            return int(cursor.rowcount)
