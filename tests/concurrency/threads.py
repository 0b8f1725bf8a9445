"""Runs things at the same moment, and proves the books afterward."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import connection

from makegood.disputes.selectors.laws import LAWS
from makegood.ledger.selectors import proof
from makegood.ledger.selectors.laws import broken
from tests.refusals import run

T = TypeVar("T")
PATIENCE_S = 60


@dataclass(frozen=True)
class Outcomes(Generic[T]):
    """What the racers gave, in their order, and what they raised instead."""

    given: tuple[T, ...]
    raised: tuple[Exception, ...]


def race(racers: Sequence[Callable[[], T]]) -> Outcomes[T]:
    """Run all at once, each in a thread with a connection of its own and the caller's clock.

    A racer that waits for a lock longer than its patience is canceled by the server, so a test always ends.
    """
    given: dict[int, T] = {}
    raised: dict[int, Exception] = {}
    start = threading.Barrier(len(racers), timeout=PATIENCE_S)

    def go(place: int) -> None:
        try:
            run(f"SET statement_timeout = '{PATIENCE_S}s'")
            start.wait()
            given[place] = racers[place]()
        except Exception as error:  # noqa: BLE001 - handed to the test
            raised[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(go, place)) for place in range(len(racers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S * 2)
    assert not [thread for thread in threads if thread.is_alive()]
    return Outcomes(tuple(given[place] for place in sorted(given)), tuple(raised[place] for place in sorted(raised)))


def all_of(racers: Sequence[Callable[[], T]]) -> tuple[T, ...]:
    """What the racers gave, when none of them may fail: no deadlock, no crash."""
    outcomes = race(racers)
    assert outcomes.raised == ()
    return outcomes.given


def books_hold() -> None:
    """The ledger proves itself, and every law of disputes holds."""
    assert proof().breaks == ()
    assert proof().holds
    assert list(broken(LAWS)) == []
