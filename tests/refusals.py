"""How tests say "refused, by this name, and nothing changed"."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from psycopg import errors as pg

from makegood.kernel.answers import Answer

APPS = (
    "billing",
    "disputes",
    "evidence",
    "imports",
    "insights",
    "journal",
    "ledger",
    "notifications",
    "parties",
    "webhooks",
)


def constraint_of(error: BaseException) -> str:
    """The name of the constraint that a database error speaks of; empty when it speaks of none."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    return cause.diag.constraint_name or "" if isinstance(cause, pg.Error) else ""


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    """The block is refused by the constraint of that name, and leaves every row as it was."""
    before = snapshot()
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert constraint_of(caught.value) == constraint, caught.value
    assert snapshot() == before


@contextmanager
def unchanged(*, but: tuple[str, ...] = ()) -> Iterator[None]:
    """Nothing in the database differs after the block: no posting, no hold, no journal row; ``but`` names tables."""
    before = snapshot()
    yield
    after = snapshot()
    changed = {table for table, rows in after.items() if before[table] != rows}
    assert changed <= set(but), changed


def refused(answer: Answer, code: str, message: str) -> None:
    """The answer says no, with that code and exactly that sentence."""
    assert (answer.ok, answer.code, answer.message) == (False, code, message)


def run(statement: str, **params: Any) -> list[tuple[Any, ...]]:
    """Run raw SQL; the rows it returns, if any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


@cache
def tables() -> tuple[str, ...]:
    """The tables of our apps."""
    return tuple(sorted(model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models()))


def snapshot() -> dict[str, tuple[int, str]]:
    """How many rows each table holds, and a digest of them."""
    parts = (
        f"SELECT '{table}', count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '')"  # noqa: S608
        f' FROM "{table}" t'
        for table in tables()
    )
    return {name: (count, digest) for name, count, digest in run(" UNION ALL ".join(parts))}
