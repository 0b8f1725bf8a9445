"""Bringing the tables up to date, only when they are not."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import LockNotAvailable

from makegood.kernel.online import waiting_for_locks
from makegood.project.problems import OperatorProblem

LOCK_LIMIT = "5s"
"""A table is waited for so long: whoever wants to use it meanwhile waits behind us."""
TRIES, PAUSE_S = 24, 5.0
SELDOM = 50_000
"""New objects between two looks for garbage while tables are made."""
_TURN = "hashtextextended('makegood upgrade', 0)"


class TablesInUse(OperatorProblem):
    """The tables cannot be changed: something holds them longer than an upgrade waits. Nothing is half done; try again
    when long reports, exports or imports have ended."""


def migrate_if_needed(*, tries: int = TRIES, pause_s: float = PAUSE_S) -> bool:
    """Apply the migrations that are missing; whether there were any. Raises TablesInUse."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    for left in reversed(range(tries)):
        try:
            with _collecting_seldom(), _alone(), waiting_for_locks(connection, LOCK_LIMIT):
                call_command("migrate", interactive=False, verbosity=0)
        except (OperationalError, TablesInUse) as error:
            if isinstance(error, OperationalError) and not isinstance(error.__cause__, LockNotAvailable):
                raise
            if not left:
                raise TablesInUse from error
            time.sleep(pause_s)
        else:
            break
    return True


@contextmanager
def _alone() -> Iterator[None]:
    """Two that upgrade at once would drop each other's half-built indexes. Who comes second is refused and asks again:
    an index that is being built would wait for whoever waits for a lock. Raises TablesInUse.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_TURN})")
        if not cursor.fetchone()[0]:
            raise TablesInUse
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({_TURN})")


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Every step of the migrations makes thousands of objects that live on; looking for garbage among them each time
    is a tenth of the work, never looking takes five times the memory.
    """
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
