"""File 10,000 disputes in one batch, with verdict, hold, balance and journal, beside the same rows in plain SQL."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.models import Dispute, Reason
from makegood.parties.entries import Principal
from tests.world import World, build_world
from tools.bench.charges import new_charges
from tools.bench.report import Measure
from tools.bench.settling import settle_down

SIZE = 10_000
ROUNDS = 3
TARGET = 0.5
LONGER = 1.6
"""How much longer one submission with all of them may take: it numbers its lines and totals them."""
_BY_HAND = Path(__file__).with_name("filing_by_hand.sql")
_ROWS = """
SELECT count(*), sum(d.amount_micros), count(h.dispute_id), count(b.charge_id), count(e.id),
       count(DISTINCT (d.verdict - 'at')), min(d.stage), max(d.stage)
FROM disputes_dispute d
LEFT JOIN ledger_hold h ON h.dispute_id = d.id
LEFT JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
LEFT JOIN journal_event e ON e.object_kind = 'dispute' AND e.object_id = d.id AND e.event = 'dispute.submitted'
WHERE d.charge_id = ANY(%s)
"""


def run(size: int = SIZE, rounds: int = ROUNDS) -> Measure:
    """Measure each by itself, together, and by hand in turn; all write the same rows on new charges."""
    world = build_world()
    buyer = world.person("buyer", customer_number="B1")
    by_hand_parameters = parameters_by_hand(world, buyer)
    ours: list[float] = []
    together: list[float] = []
    by_hand: list[float] = []
    works: tuple[tuple[list[float], Callable[[list[int]], None]], ...] = (
        (ours, lambda charges: _file(buyer, charges)),
        (together, lambda charges: _file(buyer, charges, Together("measured"))),
        (by_hand, lambda charges: file_by_hand({**by_hand_parameters, "charges": charges})),
    )
    for _ in range(rounds):
        found = []
        for times, work in works:
            charges = new_charges(world, size)
            settle_down()
            started = time.perf_counter()
            work(charges)
            times.append(time.perf_counter() - started)
            found.append(_rows(charges))
        if len(set(found)) != 1:
            raise RuntimeError(f"the sides did not write the same rows: {found}")
    return Measure(
        "submit",
        size,
        statistics.median(ours),
        statistics.median(by_hand),
        TARGET,
        remarks=f"; ours {_list(ours)}, as one submission {_list(together)}, by hand {_list(by_hand)}",
        holds_besides=statistics.median(together) <= LONGER * statistics.median(ours),
    )


def _list(times: list[float]) -> str:
    return "/".join(f"{t:.2f}" for t in times)


def _file(buyer: Principal, charges: list[int], together: Together | None = None) -> None:
    answers = operations.submit(buyer, items=[SubmitItem(pk, "SPAM", "measured") for pk in charges], together=together)
    if not all(answer.ok for answer in answers):
        raise RuntimeError(f"not everything was filed: {next(a for a in answers if not a.ok)}")


def parameters_by_hand(world: World, buyer: Principal) -> dict[str, Any]:
    """What the hand-written statements are given: the verdict's facts as one filed dispute has them."""
    charge = world.charge()
    _file(buyer, [charge.pk])
    filed = Dispute.objects.get(charge=charge)
    return {
        "policy": (filed.verdict or {})["policy"],
        "version": filed.policy_version_id,
        "reason": Reason.objects.get(program=world.program, code="SPAM").pk,
        "by": buyer.id,
    }


def file_by_hand(parameters: dict[str, Any]) -> None:
    """Write the rows of ``charges`` with the hand-written statements."""
    statements = _BY_HAND.read_text(encoding="utf-8").split(";\n")
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            if statement.strip():
                cursor.execute(statement, parameters)


def _rows(charges: list[int]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [charges])
        row: tuple[Any, ...] = cursor.fetchone() or ()
    return row
