"""Several counts in one statement, composed anew or once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import DateTimeField, QuerySet

from makegood.billing.models import Charge
from makegood.kernel import clock, counting
from makegood.kernel.counting import Given, counted, counted_again
from tests.world import World

pytestmark = pytest.mark.django_db
SINCE = Given("since", DateTimeField())


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_texts", {})


def test_lists_are_counted_in_their_order_up_to_where_they_were_cut_off(world: World) -> None:
    world.charge(external_id="50% of %s it's")
    for _ in range(2):
        world.charge()
    every = Charge.objects.order_by()
    lists = (
        every,
        every[:2],
        every.none(),
        every.filter(external_id__contains="% of %s it's"),
        every.filter(pk__in=[]),
    )
    assert counted(*lists) == [3, 2, 0, 1, 0]
    assert counted() == []


def test_a_text_is_composed_once_a_name_and_view_and_counts_each_time_anew(world: World) -> None:
    composed: list[str] = []

    def lists() -> Sequence[QuerySet[Any, Any]]:
        composed.append("once")
        late = Charge.objects.filter(occurred_at__gte=SINCE)
        return late, Charge.objects.exclude(pk__in=late.values("pk")), late.filter(external_id="50% of it's")

    world.charge()
    now = clock.now()
    early, later = now - timedelta(days=400), now + timedelta(days=400)
    assert counted_again("charges", 1, lists, since=early) == [1, 0, 0]
    world.charge(external_id="50% of it's")
    assert counted_again("charges", 1, lists, since=early) == [2, 0, 1]
    assert counted_again("charges", 1, lists, since=later) == [0, 2, 0]
    assert len(composed) == 1
    assert counted_again("charges", 2, lists, since=later) == [0, 2, 0]
    assert counted_again("others", 2, lists, since=later) == [0, 2, 0]
    assert len(composed) == 3


def test_without_a_view_each_text_is_composed_anew(world: World) -> None:
    seen: list[datetime] = []

    def lists() -> Sequence[QuerySet[Any, Any]]:
        seen.append(clock.now())
        return (Charge.objects.filter(occurred_at__gte=SINCE),)

    world.charge()
    for _ in range(2):
        assert counted_again("charges", None, lists, since=clock.now() - timedelta(days=400)) == [1]
    assert len(seen) == 2
    assert counting._texts == {}


def test_the_first_text_makes_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "KEPT", 2)
    for name in ("one", "two", "three"):
        counted_again(name, 0, lambda: (Charge.objects.all(),))
    assert set(counting._texts) == {("two", 0), ("three", 0)}
