"""Closing statements at once, and while money moves: every adjustment on one statement, no remainder lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from makegood.disputes import operations
from makegood.disputes.models import DoNotBillLine, StatementCredit, StatementCreditLine
from makegood.disputes.tests.settlement import CUSTOMER, VENDOR, close, credited, leads
from makegood.ledger.models import Adjustment
from makegood.parties.entries import SYSTEM
from tests.concurrency.threads import all_of, books_hold
from tests.world import World

RACERS = 6


def test_closers_at_once_make_one_statement(committed_world: World) -> None:
    credited(committed_world, *[4_400] * 20, payout_micros=3_300)
    racers = [partial(close, "B1")] * RACERS + [partial(close, party=VENDOR)] * RACERS
    answers = [answer for given in all_of(racers) for answer in given]
    made = [statement for answer in answers for statement in answer.data["statements"]]
    assert sorted(statement["account"][:2] for statement in made) == ["AP", "AR"]
    assert StatementCredit.objects.count() == 2
    assert StatementCreditLine.objects.count() == 40
    books_hold()


def test_nothing_is_lost_between_closers_and_those_who_decide(committed_world: World) -> None:
    def work(micros: int) -> None:
        for _ in range(4):
            credited(committed_world, micros, micros + 1)

    def closing() -> None:
        for _ in range(8):
            close()

    racers: list[Callable[[], object]] = [closing, partial(work, 4_401), closing, partial(work, 3_333), closing]
    all_of(racers)
    close()
    assert StatementCreditLine.objects.filter(party=CUSTOMER).count() == Adjustment.objects.count() == 16
    rows = StatementCredit.objects.order_by("sequence")
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    total = -4 * (4_401 + 4_402 + 3_333 + 3_334)
    assert sum(row.settled_micros for row in rows) + rows[len(rows) - 1].remainder_micros == total
    books_hold()


def test_tellers_at_once_tell_once(committed_world: World) -> None:
    program = leads()
    unbilled = {"subkind": "lead", "lead_channel": "form", "billed_at": None}
    credited(committed_world, *[1_000_000] * 10, program=program, **unbilled)
    told = all_of([partial(operations.tell_not_to_bill, SYSTEM, program="leads")] * RACERS)
    assert len([batch for batch in told if batch is not None]) == 1
    assert DoNotBillLine.objects.count() == 10
    books_hold()
