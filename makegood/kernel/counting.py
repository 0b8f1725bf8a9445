"""Several counts in one statement: what a page counts costs one way to the database and back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet


def counted(*lists: QuerySet[Model, Any]) -> list[int]:
    """How many rows each list has, in the same order. A list that was cut off at a limit is counted up to there."""
    if not lists:
        return []
    parts, values = zip(*(_rows(rows) for rows in lists), strict=True)
    with connection.cursor() as cursor:
        chosen = ", ".join(f"(SELECT count(*) FROM ({text}) found)" for text in parts)  # noqa: S608 - the texts bind
        cursor.execute(f"SELECT {chosen}", [value for bound in values for value in bound])
        return [int(count) for count in cursor.fetchone() or ()]


def _rows(rows: QuerySet[Model, Any]) -> tuple[str, tuple[Any, ...]]:
    try:
        text, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 1 WHERE false", ()
    return text, tuple(values)
