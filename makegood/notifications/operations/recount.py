"""Keeps the number a digest's sentence says in step with its items."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from makegood.kernel import sql


def recount(digests: Collection[int]) -> None:
    """Count anew what digests tell of; items that cancel out count nothing. Refuses nothing."""
    if digests:
        with connection.cursor() as cursor:
            cursor.execute(sql.load("notifications.recount_digests"), {"digests": sorted(digests)})
