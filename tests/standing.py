"""Rows that many tests begin with, made once in a run and put back as one statement each time."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

T = TypeVar("T")
LARGE = 1 << 18
"""Bytes; what is larger gives its dead rows back at once."""
TABLES = """SELECT c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
GROUP BY c.oid ORDER BY c.oid"""


@dataclass(frozen=True)
class Standing(Generic[T]):
    """What was made, and the statement that inserts its rows again under the same numbers."""

    made: T
    insert: str

    def put_back(self) -> T:
        """Insert the rows; the objects that stand for them, as they were when they were made."""
        with connection.cursor() as cursor:
            cursor.execute(self.insert)
        return deepcopy(self.made)


def remember(make: Callable[[], T]) -> Standing[T]:
    """Make rows, keep them as text, and take them back; ``make`` may insert, not change what stood there before."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = cursor.fetchall()
        before = {table: _places(cursor, table) for table, _ in tables}
        made = make()
        inserts = [_insert(cursor, table, columns, before[table]) for table, columns in tables]
        transaction.set_rollback(True)
    return Standing(made, ";\n".join(filter(None, inserts)))


def _places(cursor: CursorWrapper, table: str) -> list[str]:
    cursor.execute(f"SELECT ctid::text FROM {table}")  # noqa: S608 - a name from the catalog
    return [place for (place,) in cursor.fetchall()]


def _insert(cursor: CursorWrapper, table: str, columns: str, before: list[str]) -> str:
    now = set(_places(cursor, table))
    assert now >= set(before), f"rows of {table} were changed, not only added"
    if now == set(before):
        return ""
    values = " || ', ' || ".join(f"quote_nullable({column}::text)" for column in columns.split(", "))
    added = f"SELECT '(' || {values} || ')' FROM {table} WHERE ctid::text <> ALL (%s) ORDER BY ctid"  # noqa: S608
    cursor.execute(added, [before])
    rows = ",\n".join(row for (row,) in cursor.fetchall())
    return f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE VALUES {rows}"  # noqa: S608 - quoted by the server


class Beginning:
    """What a migrated database holds before the first test, and the way back to it for a test that commits.

    Rows are deleted, not truncated with their hundreds of files. The laws that keep history are told to look away,
    for which the test's database user has to be a superuser.
    """

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            self._tables = [(table, columns) for table, columns in cursor.fetchall() if table != "django_migrations"]
            self._insert = ";\n".join(
                filter(None, (_insert(cursor, table, columns, []) for table, columns in self._tables))
            )
        self._lock = f"LOCK TABLE {', '.join(table for table, _ in self._tables)} IN SHARE ROW EXCLUSIVE MODE"
        self._filled = " UNION ALL ".join(
            f"SELECT '{table}', pg_relation_size('{table}') WHERE EXISTS (SELECT FROM {table})"  # noqa: S608 - as above
            for table, _ in self._tables
        )

    def return_to(self) -> None:
        """Leave what was there at the beginning, and nothing else."""
        with connection.cursor() as cursor:
            with transaction.atomic():
                cursor.execute(self._lock)  # whoever still writes ends first
                cursor.execute(self._filled)
                filled = cursor.fetchall()
                cursor.execute("SET LOCAL session_replication_role = replica")
                for table, _ in filled:
                    cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - as above
                cursor.execute(self._insert)
            for table, size in filled:
                if size > LARGE:
                    cursor.execute(f"VACUUM {table}")
