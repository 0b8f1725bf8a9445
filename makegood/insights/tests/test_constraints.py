"""What the database refuses by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from makegood.insights.models import CohortDay, DayTotal, DirtyDay
from tests.refusals import refused_by
from tests.world import World


def row(world: World, **overrides: Any) -> CohortDay:
    facts = {"program": world.program, "day": date(2026, 11, 1), "customer": world.customer, "currency": "USD",
             "payout_currency": "USD"}  # fmt: skip
    return CohortDay(**{**facts, **overrides})


def test_cohort_day_once(world: World) -> None:
    row(world).save()
    with refused_by("cohort_day_once"):
        row(world).save()


@pytest.mark.parametrize("counts", [{"disputes": 1}, {"open": 1}, {"disputes": 2, "accepted": 1, "open": 2}])
def test_cohort_day_adds_up(world: World, counts: dict[str, int]) -> None:
    with refused_by("cohort_day_adds_up"):
        row(world, **counts).save()


def test_dirty_day_once(world: World) -> None:
    DirtyDay.objects.create(program=world.program, day=date(2026, 11, 1))
    with refused_by("dirty_day_once"):
        DirtyDay.objects.create(program=world.program, day=date(2026, 11, 1))


def test_day_total_once(world: World) -> None:
    total = {
        "program": world.program,
        "day": date(2026, 11, 1),
        "by": "day",
        "currency": "USD",
        "payout_currency": "USD",
    }
    DayTotal.objects.create(**total)
    with refused_by("day_total_once"):
        DayTotal.objects.create(**total)
