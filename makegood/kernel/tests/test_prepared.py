"""Reads that are planned once per connection."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection, transaction

from makegood.kernel.prepared import fetch

pytestmark = pytest.mark.django_db

TEXT = "SELECT %(n)s::bigint + 1, %(at)s::timestamptz, %(words)s::text[]"


def prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["SELECT $1::bigint + 1%"]
        )
        (count,) = cursor.fetchone() or (0,)
        return int(count)


def test_a_read_is_prepared_once_and_answers_each_time_anew() -> None:
    at = datetime(2026, 3, 8, 6, 59, 59, 999_999, tzinfo=UTC)
    before = prepared()
    assert fetch(TEXT, {"n": 1, "at": at, "words": ["a", None]}) == [(2, at, ["a", None])]
    assert fetch(TEXT, {"n": 7, "at": at, "words": ["b"]}) == [(8, at, ["b"])]
    assert prepared() == before + 1


def test_an_error_is_the_frameworks_and_the_connection_goes_on() -> None:
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        fetch("SELECT 1 / %(n)s::int", {"n": 0})
    assert fetch("SELECT 1 / %(n)s::int", {"n": 1}) == [(1,)]


def test_without_a_threshold_nothing_is_prepared_and_the_answer_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    before = prepared()
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    text = TEXT + ", 1"
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert fetch(text, {"n": 1, "at": at, "words": []}) == [(2, at, [], 1)]
    assert prepared() == before
