"""Decide and commit 10,000 disputes, with holds, postings and journal, beside the same work in plain SQL."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.states import DecisionKind, Door
from makegood.kernel import clock
from makegood.ledger.posting import open_accounts
from makegood.ledger.selectors import proof
from makegood.parties.entries import Principal
from tests.world import World, build_world
from tools.bench.charges import new_charges
from tools.bench.report import Measure
from tools.bench.settling import settle_down

SIZE = 10_000
ROUNDS = 3
TARGET = 0.5
_BY_HAND = Path(__file__).with_name("by_hand.sql")


def run(size: int = SIZE, rounds: int = ROUNDS) -> Measure:
    """Measure ours and the hand-written statements in turn; both sides move the same money."""
    world = build_world()
    manager = world.person("manager")
    buyer = world.person("buyer", customer_number="B1")
    open_accounts(_accounts(world))
    ours: list[float] = []
    by_hand: list[float] = []
    filed: list[float] = []
    for _ in range(rounds):
        for times, work in ((ours, _ours), (by_hand, _by_hand)):
            started = time.perf_counter()
            ids = _file(world, buyer, size)
            filed.append(time.perf_counter() - started)
            settle_down()
            times.append(_seconds(lambda work=work, ids=ids: work(manager, ids)))  # type: ignore[misc]
    found = proof()
    if not found.holds:
        raise RuntimeError(f"the ledger does not hold after the runs: {found.breaks}")
    return Measure(
        "decide + commit",
        size,
        statistics.median(ours),
        statistics.median(by_hand),
        TARGET,
        remarks=f"; ours {_list(ours)}, by hand {_list(by_hand)}, {found.postings:,} postings prove",
    )


def _list(times: list[float]) -> str:
    return "/".join(f"{t:.2f}" for t in times)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _accounts(world: World) -> list[tuple[str, str]]:
    program, customer, vendor = world.program.pk, world.customer.pk, world.vendor.pk
    keys = (f"REV_CONTRA:{program}", f"AR:{customer}", f"AP:{vendor}", f"PAYOUT_CONTRA:{program}")
    return [(key, "USD") for key in keys]


def _file(world: World, buyer: Principal, size: int) -> list[int]:
    """``size`` pending disputes on as many new charges."""
    answers = operations.submit(buyer, items=[SubmitItem(pk, "SPAM", "measured") for pk in new_charges(world, size)])
    return [answer.id for answer in answers if answer.ok and answer.id is not None]


def _ours(manager: Principal, ids: list[int]) -> None:
    items = [DecisionItem(pk, DecisionKind.ACCEPT) for pk in ids]
    decided = operations.decide(manager, items=items, door=Door.BULK)
    with clock.shifted(timedelta(seconds=61)):
        while answers := operations.commit_due():
            decided = decided[len(answers) :]
    if decided:
        raise RuntimeError(f"{len(decided)} decisions were not committed")


def _by_hand(manager: Principal, ids: list[int]) -> None:
    for statements in _statements().values():
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, {"ids": ids, "by": manager.id})


def _statements() -> dict[str, list[str]]:
    parts = re.split(r"^-- name: (\w+)$", _BY_HAND.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        name: [text for text in body.split(";\n") if text.strip()]
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }
