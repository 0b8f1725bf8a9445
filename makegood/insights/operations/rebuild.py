"""Computes every figure anew from charges, disputes, decisions and adjustments."""

from __future__ import annotations

from django.db import connection, transaction

from makegood.insights.models import CohortDay, DirtyDay
from makegood.insights.operations.fold import READER
from makegood.insights.operations.totals import sum_up_every_day
from makegood.journal import operations as journal
from makegood.kernel import sql


def rebuild() -> int:
    """Compute every cohort day anew; says how many rows there are. Readers of the journal wait meanwhile.

    What happens meanwhile marks its days as ever. Refuses nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        journal.read(READER, 0)  # takes the reader's lock
        # In the order in which refresh comes to them, so that the two cannot wait for each other.
        cursor.execute(
            "LOCK TABLE insights_dirty_day, insights_cohort_day, insights_day_total IN SHARE ROW EXCLUSIVE MODE"
        )
        DirtyDay.objects.all().delete()
        CohortDay.objects.all().delete()
        cursor.execute(sql.load("insights.store_every_day"))
        sum_up_every_day()
        return CohortDay.objects.count()
