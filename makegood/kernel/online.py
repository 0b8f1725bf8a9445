"""Changes of large tables that leave them in use: an index that is built beside readers and writers, tables that are
waited for a short while only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

_IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


@contextmanager
def waiting_for_locks(connection: BaseDatabaseWrapper, limit: str) -> Iterator[None]:
    """Give up a lock that is not had within a time such as ``5s``; ``0`` waits as long as need be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, false)", [limit])
        before = cursor.fetchone()[0]
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])


class AddIndexOnline(AddIndexConcurrently):
    """Builds an index without keeping anybody from writing. It can be run again: an index that is there stays, and what
    an interrupted build left behind is built anew.

    It waits as long as need be: nobody waits behind it, and to give up would leave a half-built index.
    """

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Build it where it is not there."""
        self._ensure_not_in_transaction(schema_editor)
        connection = schema_editor.connection
        with waiting_for_locks(connection, "0"):
            with connection.cursor() as cursor:
                cursor.execute(_IS_VALID, [self.index.name])
                found = cursor.fetchone()
                if found and not found[0]:
                    cursor.execute(f"DROP INDEX CONCURRENTLY {connection.ops.quote_name(self.index.name)}")
            if not (found and found[0]):
                super().database_forwards(app_label, schema_editor, from_state, to_state)
