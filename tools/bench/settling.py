"""Between two measures the server catches up."""

from __future__ import annotations

from django.db import connection


def settle_down() -> None:
    """Bring statistics and the log up to date, so that no run pays for the one before."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
