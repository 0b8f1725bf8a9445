"""Readers of the journal and the one who flags, at once: one clock per filing, one flag per clock, no deadlock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.models import SlaClock
from makegood.disputes.selectors.clocks import due_breaches
from makegood.disputes.states import DecisionKind
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer, accepted
from tests.concurrency.threads import all_of
from tests.world import World

COUNT, PATIENCE_S = 40, 60


def timed(world: World) -> list[int]:
    """Filed disputes of a program that has to touch them within an hour, by id."""
    world.program.settings["sla"] = {
        "first_touch": {"target_hours": 1, "breach_hours": 2},
        "decision": {"target_hours": 1, "breach_hours": 2},
    }
    world.program.save(update_fields=["settings"])
    buyer = world.person("buyer", customer_number="B1")
    items = [SubmitItem(world.charge().pk, "SPAM", "Automated voice") for _ in range(COUNT)]
    return [answer.id for answer in operations.submit(buyer, items=items) if answer.id is not None]


def keep_until(clocks: int) -> None:
    """Read on until so many clocks are there; whatever transactions of others are open meanwhile."""
    give_up = time.monotonic() + PATIENCE_S
    while SlaClock.objects.count() < clocks:
        assert time.monotonic() < give_up, "the journal was not read to its end"
        operations.keep_clocks(limit=7)


def test_readers_at_once_start_each_clock_once(committed_world: World) -> None:
    ids = timed(committed_world)
    all_of([partial(keep_until, 2 * COUNT)] * 4)
    assert SlaClock.objects.filter(dispute__in=ids).count() == SlaClock.objects.count() == 2 * COUNT


def test_flags_are_told_once_while_others_flag_read_and_decide(committed_world: World) -> None:
    ids = timed(committed_world)
    manager = committed_world.person("manager")
    keep_until(2 * COUNT)

    def reading() -> list[Answer]:
        for _ in range(10):
            operations.keep_clocks(limit=3)
        return []

    decide = [DecisionItem(pk, DecisionKind.ACCEPT) for pk in ids[::4]]
    with clock.shifted(timedelta(hours=3)):
        due = due_breaches(clock.now())
        assert sorted(due) == ids
        racers: list[Callable[[], list[Answer]]] = [
            lambda: operations.breach(due),
            lambda: operations.breach(due[::-1]),
            lambda: operations.breach(due),
            lambda: operations.decide(manager, items=decide),
            reading,
        ]
        given = all_of(racers)
    flagged = [answer.id for answers in given[:3] for answer in accepted(answers)]
    assert len(flagged) == len(set(flagged))
    assert len(accepted(given[3])) == len(decide)
    told = JournalEvent.objects.filter(event="dispute.sla_breached").values_list("object_id", "changes__clock")
    assert len(told) == len(set(told)) == 2 * len(flagged)
    assert {pk for pk, _ in told} == set(flagged)
    assert set(flagged) >= set(ids) - set(ids[::4])
