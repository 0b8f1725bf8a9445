"""Many writers that commit out of order, one reader that misses nothing; and in how few statements it folds."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from makegood.journal import operations as journal
from makegood.kernel import clock
from makegood.notifications import selectors, tasks
from makegood.notifications.models import DigestItem
from makegood.notifications.operations import flush_due, fold
from makegood.notifications.tests.world import World, build_world, fold_all, minutes, waiting, who
from makegood.parties.entries import SYSTEM

WRITERS = 40
ROUNDS = 5
PATIENCE = 60
committing = pytest.mark.django_db(transaction=True)


def in_threads(jobs: list[Callable[[], None]]) -> None:
    """Run all jobs at once, each with a connection of its own, and pass on what goes wrong."""
    problems: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as problem:  # noqa: BLE001 - handed over to the thread that waits
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def eventually(done: Callable[[], bool]) -> None:
    """Fold until it is so. Open transactions of tests beside this one hold the reader back for a while."""
    give_up = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < give_up, "the journal was not read to its end"
        if not fold():
            time.sleep(0.05)


@committing
def test_forty_writers_out_of_order_lose_no_event() -> None:
    world = build_world()
    manager = world.person("manager", "manager")
    done = threading.Event()
    left = threading.Semaphore(0)

    def writer(seed: int) -> Callable[[], None]:
        nap = random.Random(seed)  # noqa: S311 - spreads the naps, guards nothing

        def write() -> None:
            try:
                for number in range(ROUNDS):
                    dispute = seed * ROUNDS + number + 1
                    facts: dict[str, object] = {"charge_id": dispute, "origin": "buyer"}
                    with transaction.atomic():
                        world.write("dispute.submitted", dispute, facts, at=minutes(0))
                        time.sleep(nap.uniform(0, 0.02))
            finally:
                left.release()

        return write

    def reader() -> None:
        while not done.is_set():
            fold(limit=7)

    def end() -> None:
        for _ in range(WRITERS):
            left.acquire()
        done.set()

    in_threads([*(writer(seed) for seed in range(WRITERS)), reader, reader, end])
    eventually(lambda: DigestItem.objects.count() >= WRITERS * ROUNDS)
    told = DigestItem.objects.filter(recipient=manager).values_list("dispute_id", flat=True)
    assert sorted(told) == list(range(1, WRITERS * ROUNDS + 1))


@committing
def test_folding_flushing_and_choosing_at_once_tell_everything_once() -> None:
    world = build_world()
    manager = world.person("manager", "manager")
    for number in range(60):
        world.submit(at=minutes(number))

    def work() -> None:
        for _ in range(10):
            fold(limit=2)
            with clock.frozen(minutes(300)):
                flush_due(now=minutes(300))

    in_threads([work] * 4)
    eventually(lambda: DigestItem.objects.count() >= 60)
    with clock.frozen(minutes(1000)):
        tasks.run()
    cards = selectors.cards(who(manager))
    told = [pk for card in cards for pk in selectors.items_of(who(manager), digest_id=card.id).dispute_ids]
    assert sorted(told) == list(range(1, 61))


@committing
def test_an_event_behind_an_open_transaction_is_told_later() -> None:
    world = build_world()
    manager = world.person("manager", "manager")
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            world.submit()
            written.set()
            assert go_on.wait(10)

    def quick() -> None:
        assert written.wait(10)
        try:
            world.submit()
            while fold():
                pass
            assert waiting(manager) == []
        finally:
            go_on.set()

    in_threads([slow, quick])
    eventually(lambda: DigestItem.objects.count() >= 2)
    assert waiting(manager) == ["2 new disputes submitted by Buyers"]


@pytest.mark.slow
def test_ten_thousand_events_fold_in_a_few_statements(world: World) -> None:
    managers = [world.person(f"manager{number}", "manager") for number in range(5)]
    write_many(world, 10_000)
    with CaptureQueriesContext(connection) as queries:
        fold_all(5_000)
    assert len(queries) < 60
    assert waiting(managers[0]) == ["10,000 new disputes submitted by Buyers"]
    assert DigestItem.objects.count() == 50_000


def write_many(world: World, number: int) -> None:
    """Let buyers submit so many disputes."""
    changes = [
        journal.Change(
            verb="submit",
            event="dispute.submitted",
            object_kind="dispute",
            object_id=dispute,
            program_id=world.program.pk,
            customer_id=world.customer.pk,
            vendor_id=world.vendor.pk,
            changes={"origin": "buyer", "charge_id": dispute},
        )
        for dispute in range(1, number + 1)
    ]
    with clock.frozen(minutes(0)):
        journal.record_all(SYSTEM, changes)
