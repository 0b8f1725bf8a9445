"""Readers: every event once, in an order that no later commit can slip into, whoever writes meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from makegood.journal.models import JournalEpoch
from makegood.journal.operations import Change, Event, advance, read, record, record_all
from makegood.parties.entries import SYSTEM
from tests.concurrency.threads import PATIENCE_S, all_of, race
from tests.refusals import run

WRITERS, ROUNDS, BATCH = 24, 20, 3


def write(*numbers: int) -> None:
    record_all(SYSTEM, [Change("write", "test.written", "test", number) for number in numbers])


def settled() -> None:
    """Wait until what is committed now may be read: no transaction of the whole server is older, nobody's."""
    ((mark,),) = run("SELECT pg_current_xact_id()::text")
    for _ in range(PATIENCE_S * 50):
        if run("SELECT pg_snapshot_xmin(pg_current_snapshot()) > %(mark)s::xid8", mark=mark) == [(True,)]:
            return
        time.sleep(0.02)
    raise TimeoutError("an older transaction stays open")


def read_on(reader: str = "reader", limit: int = 100) -> list[int]:
    """Read and advance in one transaction; the numbers that were read."""
    with transaction.atomic():
        events = read(reader, limit)
        if events:
            advance(reader, events[-1])
    return [event.object_id for event in events]


def drained(reader: str = "reader", limit: int = 100) -> list[int]:
    found: list[int] = []
    settled()
    while numbers := read_on(reader, limit):
        found += numbers
    return found


@pytest.mark.usefixtures("transactional_db")
def test_events_come_once_and_in_order() -> None:
    write(1, 2, 3)
    write(4)
    settled()
    assert [read_on(limit=3), read_on(limit=3), read_on(limit=3)] == [[1, 2, 3], [4], []]
    write(5)
    settled()
    assert (read_on(), read_on("another")) == ([5], [1, 2, 3, 4, 5])


@pytest.mark.usefixtures("transactional_db")
def test_event_says_what_its_row_says() -> None:
    record(SYSTEM, verb="v", event="e", object_kind="k", object_id=1, vendor_id=6, changes={"a": [1]})
    settled()
    with transaction.atomic():
        (event,) = read("reader", 1)
    assert isinstance(event, Event)
    assert (event.verb, event.event, event.object_kind, event.object_id) == ("v", "e", "k", 1)
    assert (event.principal, event.principal_label, event.vendor_id) == (None, "system", 6)
    assert event.changes == {"a": [1]}


@pytest.mark.usefixtures("transactional_db")
def test_what_was_not_advanced_comes_again() -> None:
    @transaction.atomic
    def fail() -> None:
        advance("reader", read("reader", 9)[-1])
        raise ZeroDivisionError

    write(1)
    settled()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert read_on() == [1]


@pytest.mark.usefixtures("transactional_db")
def test_events_behind_an_open_transaction_wait_for_it() -> None:
    written, seen = threading.Event(), threading.Event()

    def slow() -> list[int]:
        with transaction.atomic():
            write(1)
            written.set()
            assert seen.wait(30)
        return []

    def quick() -> list[int]:
        assert written.wait(30)
        write(2)
        try:
            return read_on()
        finally:
            seen.set()

    assert all_of([slow, quick]) == ([], [])
    assert drained() == [1, 2]


@pytest.mark.usefixtures("transactional_db")
def test_older_epoch_is_read_to_its_end_before_the_next() -> None:
    write(1)
    JournalEpoch.objects.update(epoch=2)
    write(2)
    assert drained(limit=1) == [1, 2]


@pytest.mark.usefixtures("transactional_db")
def test_two_processes_of_one_reader_share_the_events_out() -> None:
    write(*range(60))
    found = all_of([lambda: drained(limit=7)] * 4)
    assert sorted(number for part in found for number in part) == list(range(60))


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_readers_miss_nothing_under_many_writers() -> None:
    left = threading.Semaphore(0)

    def writer(seed: int) -> Callable[[], list[int]]:
        dice = random.Random(seed)  # noqa: S311 - spreads the writers, guards nothing

        def work() -> list[int]:
            try:
                for number in range(ROUNDS):
                    first = (seed * ROUNDS + number) * BATCH
                    with transaction.atomic():
                        for offset in range(BATCH):
                            write(first + offset)
                            with connection.cursor() as cursor:
                                cursor.execute("SELECT pg_sleep(%s)", [dice.uniform(0, 0.004)])
            finally:
                left.release()
            return []

        return work

    done = threading.Event()

    def reader(name: str) -> Callable[[], list[int]]:
        def work() -> list[int]:
            found: list[int] = []
            while not done.is_set():
                found += read_on(name, limit=11)
            return found

        return work

    def end() -> list[int]:
        got_all = [left.acquire(timeout=60) for _ in range(WRITERS)]
        done.set()
        return [] if all(got_all) else [-1]

    outcomes = race([*(writer(seed) for seed in range(WRITERS)), reader("one"), reader("two"), end])
    assert outcomes.raised == ()
    one, two, ended = outcomes.given[-3:]
    everything = list(range(WRITERS * ROUNDS * BATCH))
    assert ended == []
    assert sorted(one + drained("one")) == everything
    assert sorted(two + drained("two")) == everything
