"""Reads that are planned once per connection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from makegood.kernel import prepared as module
from makegood.kernel.prepared import FEW, fetch, fetch_for, fetch_together

pytestmark = pytest.mark.django_db

COUNTING: tuple[str, dict[str, Any]] = ("SELECT count(*) FROM parties_user", {})
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


HARD = ["", "a,b", '{"q": "\\\\"}', "back\\slash", "NULL", None, "  ", "{}", "é\u2028🙂", "%(n)s %% $1"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("bool", True),
        ("bigint", -(2**63)),
        ("numeric", Decimal("12345678901234567890.000001")),
        ("date", date(2026, 2, 28)),
        ("bytea", b"\x00\xff\\"),
        ("text[]", HARD),
        ("bool[]", [True, None, False]),
        ("bigint[]", [1, None, 3]),
        ("text", 'a "quoted" \\ word'),
        ("double precision", 0.1),
    ],
)
def test_a_value_comes_back_as_it_went(kind: str, value: Any) -> None:
    ((found,),) = fetch(f"SELECT %(value)s::{kind}", {"value": value})
    assert found == value


def test_times_and_texts_in_a_list_keep_what_they_are() -> None:
    at = datetime(2026, 3, 8, 6, 59, 59, 1, tzinfo=UTC)
    assert fetch("SELECT %(ats)s::timestamptz[]", {"ats": [at, None]}) == [([at, None],)]


def test_a_nul_character_is_refused_before_it_is_sent() -> None:
    for value in ("a\0b", ["a\0b"]):
        with pytest.raises(DataError, match="NUL"):
            fetch("SELECT %(value)s", {"value": value})
    assert fetch("SELECT 1", {}) == [(1,)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("read", [lambda: fetch("SELECT 2", {}), lambda: fetch_together(("SELECT 2", {}), COUNTING)])
def test_a_connection_that_the_server_ended_is_told_as_such(read: Callable[[], Any]) -> None:
    """It is no error of the statement: whoever asks again gets an answer."""
    ((backend,),) = fetch("SELECT pg_backend_pid()", {})

    def end() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
        connection.close()

    other = Thread(target=end)
    other.start()
    other.join()
    try:
        with pytest.raises(OperationalError):
            read()
    finally:
        connection.close()
    assert fetch("SELECT 2", {}) == [(2,)]


def test_a_list_of_many_is_planned_anew() -> None:
    text = "SELECT $marker$many$marker$, unnest(%(ids)s::bigint[])"
    few, many = list(range(FEW)), list(range(FEW + 1))
    assert [pk for _, pk in fetch_for(len(many), text, {"ids": many})] == many
    assert _kept("many") == 0
    assert [pk for _, pk in fetch_for(len(few), text, {"ids": few})] == few
    assert _kept("many") == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_keeps_so_many_and_lets_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    connection.close()
    for n in (0, 1, 2, 3, 0):
        assert fetch(f"SELECT $marker$oldest$marker$, {n}", {}) == [("oldest", n)]
    assert _kept("oldest") == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_together_makes_no_room_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    connection.close()
    first, second, third = (f"SELECT $marker$together$marker$, {n}" for n in range(3))
    fetch(first, {})
    fetch(second, {})
    assert fetch_together((first, {}), (third, {})) == [[("together", 0)], [("together", 2)]]
    assert fetch(second, {}) == [("together", 1)]


def _kept(word: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"SELECT $marker${word}%"]
        )
        (count,) = cursor.fetchone() or (0,)
        return int(count)


INSERT = (
    "INSERT INTO journal_command (principal, key, path, request_hash, at, expires_at)"
    " VALUES (%(n)s::bigint, 'k', '', '', now(), now()) RETURNING principal"
)
COUNT = "SELECT count(*) FROM journal_command"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("threshold", [1_000_000, None])
def test_several_are_one_transaction_in_which_the_later_see_the_earlier(
    monkeypatch: pytest.MonkeyPatch, threshold: int | None
) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", threshold)
    assert fetch_together((INSERT, {"n": 1}), (COUNT, {})) == [[(1,)], [(1,)]]
    with pytest.raises(IntegrityError):
        fetch_together((INSERT, {"n": 2}), (INSERT, {"n": 1}), (COUNT, {}))
    assert fetch(COUNT, {}) == [(1,)]
    with pytest.raises(IntegrityError), transaction.atomic():
        fetch_together((INSERT, {"n": 3}), (INSERT, {"n": 3}))
    with transaction.atomic():
        assert fetch_together((INSERT, {"n": 4}), (COUNT, {})) == [[(4,)], [(2,)]]
        transaction.set_rollback(True)
    assert fetch(COUNT, {}) == [(1,)]


LOCK = 7_204_117
WAITING: tuple[str, dict[str, Any]] = ("SELECT pg_advisory_xact_lock(%(lock)s::bigint)::text", {"lock": LOCK})
WAITERS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
WAITERS += " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wait", [lambda: fetch(*WAITING), lambda: fetch_together(WAITING, (COUNT, {}))])
def test_whoever_waits_for_the_server_holds_no_other_thread_up(wait: Callable[[], Any]) -> None:
    """The other thread lets go of what is waited for: were it held up, the wait would end with an error."""
    held, over = Event(), Event()

    def hold_until_waited_for() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            held.set()
            while not over.is_set() and cursor.execute(WAITERS, [LOCK]).fetchone() == (0,):
                sleep(0.01)
        connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '30s'")
    other = Thread(target=hold_until_waited_for)
    other.start()
    assert held.wait(timeout=30)
    try:
        wait()
    finally:
        over.set()
        connection.close()
        other.join()


def test_whoever_watches_a_connection_sees_what_is_prepared() -> None:
    with CaptureQueriesContext(connection) as seen:
        fetch(*COUNTING)
        fetch_together(COUNTING, ("SELECT 2", {}))
    assert [one["sql"] for one in seen] == [COUNTING[0], COUNTING[0], "SELECT 2"]
    fetch(*COUNTING)
    assert len(seen) == 3
