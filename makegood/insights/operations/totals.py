"""Adds cohort days up along each dimension, beside the rows that they are added up from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from makegood.insights.models import CohortDay, DayTotal
from makegood.kernel import sql


def sum_up(days: Sequence[tuple[int, date]]) -> None:
    """Add up some days (program, day) anew, in the caller's transaction. Refuses nothing."""
    for program, day in days:
        DayTotal.objects.filter(program=program, day=day).delete()
    _store(days)


def sum_up_every_day() -> None:
    """Add up every day anew, in the caller's transaction, which has locked the rows. Refuses nothing."""
    DayTotal.objects.all().delete()
    _store(list(CohortDay.objects.values_list("program_id", "day").distinct().order_by()))


def _store(days: Sequence[tuple[int, date]]) -> None:
    which: dict[str, Any] = {"programs": [program for program, _ in days], "days": [day for _, day in days]}
    with connection.cursor() as cursor:
        cursor.execute(sql.load("insights.store_totals"), which)
