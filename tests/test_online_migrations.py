"""Indexes that are built while a table is in use, and can be built again; tables that are waited for a short while."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.utils import NotSupportedError
from psycopg.errors import LockNotAvailable

from makegood.kernel.online import waiting_for_locks
from makegood.project import schema

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = "customer_name_words"
STEP, BEFORE_IT = ("parties", "0014_names_found"), ("parties", "0013_authority")


def build(*, atomic: bool = False) -> None:
    """Run the operation of the migration once more."""
    loader = MigrationLoader(connection)
    operation = loader.disk_migrations[STEP].operations[0]
    with connection.schema_editor(atomic=atomic) as editor:
        operation.database_forwards("parties", editor, loader.project_state(BEFORE_IT), loader.project_state(STEP))


def index() -> tuple[int, bool]:
    """The index: its id, and whether it serves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid, indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [INDEX])
        found = cursor.fetchone()
    assert found is not None
    return found[0], found[1]


def lock_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def test_an_index_that_is_there_stays_and_a_broken_one_is_built_anew() -> None:
    first = index()
    build()
    assert index() == first
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s", [first[0]])
    build()
    number, is_valid = index()
    assert number != first[0]
    assert is_valid
    assert lock_timeout() == "0"


def test_it_refuses_to_stand_in_a_transaction() -> None:
    with pytest.raises(NotSupportedError):
        build(atomic=True)


def test_the_limit_holds_inside_and_is_put_back() -> None:
    with waiting_for_locks(connection, "5s"):
        assert lock_timeout() == "5s"
        with waiting_for_locks(connection, "0"):
            assert lock_timeout() == "0"
        assert lock_timeout() == "5s"
    assert lock_timeout() == "0"


def test_an_upgrade_gives_up_a_table_that_is_held_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "LOCK_LIMIT", "50ms")
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [True])
    tried: list[str] = []

    def migrate(*_: object, **__: object) -> None:
        tried.append(lock_timeout())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE parties_customer IN ACCESS EXCLUSIVE MODE")

    monkeypatch.setattr(schema, "call_command", migrate)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE parties_customer IN SHARE MODE")
            held.set()
            let_go.wait(30)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(30)
        with pytest.raises(schema.TablesInUse) as refused:
            schema.migrate_if_needed(tries=2, pause_s=0)
        assert isinstance(refused.value.__cause__, OperationalError)
        assert isinstance(refused.value.__cause__.__cause__, LockNotAvailable)
        assert tried == ["50ms", "50ms"]
        assert lock_timeout() == "0"
    finally:
        let_go.set()
        holder.join()
    assert schema.migrate_if_needed(tries=1, pause_s=0)


def test_two_do_not_upgrade_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [True])
    tried: list[object] = []
    monkeypatch.setattr(schema, "call_command", lambda *_, **__: tried.append(1))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended('makegood upgrade', 0))")
            with pytest.raises(schema.TablesInUse):
                schema.migrate_if_needed(tries=1, pause_s=0)
            assert not tried
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('makegood upgrade', 0))")
    finally:
        other.close()
    assert schema.migrate_if_needed(tries=1, pause_s=0)
    assert len(tried) == 1
