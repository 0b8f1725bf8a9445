"""Tells the planner what a large import brought, ahead of the server's own housekeeping."""

from __future__ import annotations

from django.db import connection


def refresh_statistics() -> None:
    """Take the statistics of the charges anew; until then the planner believes the table to be as it was."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE billing_charge")
