"""Reads that are asked at every page: planned once per connection, not each time.

Django binds values on our side and plans every statement anew. For a statement whose plan takes longer than its work,
that is most of its time. The connection's ``prepare_threshold`` lets only what asks for it be prepared; None switches
it off.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import Cursor


def fetch(text: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that is prepared on the server. Every parameter says its type in the text."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(text, params, prepare=True)
        return cursor.fetchall()
