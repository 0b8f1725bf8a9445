"""Computes marked cohort days anew, each as a whole, so that a correction leaves no residue."""

from __future__ import annotations

from django.db import connection, transaction

from makegood.insights.models import CohortDay
from makegood.insights.operations.totals import sum_up
from makegood.kernel import sql

BATCH = 7


def refresh(*, limit: int = BATCH) -> int:
    """Compute at most ``limit`` marked days anew, the latest first; says how many.

    The mark goes together with the new rows. Something that happens meanwhile marks its day again, so nothing is lost;
    days that another process works on are left to it. Refuses nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.load("insights.take_days"), {"most": limit})
        days = cursor.fetchall()
        if days:
            which = {"programs": [program for program, _ in days], "days": [day for _, day in days]}
            for program, day in days:
                CohortDay.objects.filter(program=program, day=day).delete()
            cursor.execute(sql.load("insights.store_days"), which)
            sum_up(days)
        return len(days)
