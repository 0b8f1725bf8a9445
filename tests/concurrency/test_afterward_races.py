"""Reversers, fee takers, closers and reopeners at once: one effect each, never a deadlock, and the books hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, CloseItem, FeeItem, ReverseItem, SubmitItem, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import Door, Stage
from makegood.kernel.answers import Answer
from makegood.ledger.models import Adjustment
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.concurrency.test_decision_races import Racer, accepting, deadlocks, filed, winners
from tests.concurrency.threads import all_of, books_hold
from tests.world import World

SETTINGS = {
    "auto_close": False,
    "reopen": True,
    "max_rounds": 9,
    "reversal_fee": {"default": "5.00", "max": "25.00"},
    "decision_note": {},
}


@pytest.fixture
def place(committed_world: World) -> World:
    """A program in which everything may happen after a decision."""
    change_settings(SYSTEM, program=committed_world.program, settings=SETTINGS)
    return committed_world


def credited(place: World, manager: Principal, count: int) -> list[int]:
    """That many resolved disputes with a credit."""
    ids = filed(place, count)
    accepting(manager, ids, Door.API)()
    return ids


def reversing(manager: Principal, ids: Sequence[int], key: str | None = None) -> list[Answer]:
    return operations.reverse(manager, items=[ReverseItem(pk) for pk in ids], key=key)


def codes(batches: Sequence[Sequence[Answer]]) -> Counter[str]:
    return Counter(answer.code for batch in batches for answer in batch if not answer.ok)


def test_reversals_at_once_take_each_credit_back_once(place: World) -> None:
    managers = [place.person("manager", f"manager{n}") for n in range(4)]
    ids, before = credited(place, managers[0], 20), deadlocks()
    bulk = [partial(reversing, manager, ids[:: 1 - 2 * (n % 2)]) for n, manager in enumerate(managers)]
    single = [partial(reversing, managers[0], [pk]) for pk in ids[:4]]
    done = all_of([*bulk, *single])
    assert winners([answer for batch in done for answer in batch]) == dict.fromkeys(ids, 1)
    assert set(codes(done)) == {"ALREADY_REVERSED"}
    assert Adjustment.objects.filter(kind="reversal").count() == len(ids)
    assert deadlocks() == before
    books_hold()


def test_one_key_sent_at_once_reverses_once(place: World) -> None:
    manager = place.person("manager")
    ids = credited(place, manager, 3)
    done = all_of([partial(reversing, manager, ids, "same")] * 6)
    assert done == (done[0],) * 6
    assert Adjustment.objects.filter(kind="reversal").count() == len(ids)
    books_hold()


def test_a_fee_against_the_reversal_it_is_for(place: World) -> None:
    """Each fee stands on a reversal that is there, or says that there is none."""
    manager = place.person("manager")
    ids = credited(place, manager, 12)
    fee = partial(operations.apply_fee, manager, items=[FeeItem(pk) for pk in ids[::-1]])
    done = all_of([partial(reversing, manager, ids), *[fee] * 3])
    assert set(codes(done[1:])) <= {"NOT_REVERSED", "FEE_ALREADY_APPLIED"}
    charged = winners([answer for batch in done[1:] for answer in batch])
    assert set(charged.values()) <= {1}
    assert Adjustment.objects.filter(kind="reversal_fee").count() == len(charged)
    books_hold()


def test_reopening_against_filing_again_leaves_one_open_dispute(place: World) -> None:
    """Whoever is first has the charge; the other is told that a dispute is open. Batches run against each other."""
    rules = [{"type": "no_open_dispute", "severity": "block"}]
    operations.publish_policy(SYSTEM, program=place.program, rules=rules)
    manager = place.person("manager")
    buyer = place.person("buyer", "again", customer_number="B1")
    ids = filed(place, 16)
    operations.close(manager, items=[CloseItem(pk) for pk in ids])
    charges = [Dispute.objects.get(pk=pk).charge_id for pk in ids]
    before = deadlocks()
    filing = [
        partial(operations.submit, buyer, items=[SubmitItem(pk, "SPAM", "Again") for pk in order])
        for order in (charges, charges[::-1])
    ]
    opening = [
        partial(operations.reopen, manager, items=[WordsItem(pk, "Another look") for pk in order])
        for order in (ids, ids[::-1])
    ]
    done = all_of([*filing, *opening])
    assert set(codes(done)) <= {"ALREADY_DISPUTED", "NOT_CLOSED"}
    assert sum(len([answer for answer in batch if answer.ok]) for batch in done) == len(ids)
    opened = Dispute.objects.filter(stage=Stage.PENDING).values_list("charge_id", flat=True)
    assert sorted(opened) == sorted(charges)
    assert deadlocks() == before
    books_hold()


def test_correcting_against_filing_again_does_not_deadlock(place: World) -> None:
    rules = [{"type": "no_open_dispute", "severity": "block"}]
    operations.publish_policy(SYSTEM, program=place.program, rules=rules)
    manager = place.person("manager")
    buyer = place.person("buyer", "again", customer_number="B1")
    ids = filed(place, 12)
    operations.adjust(manager, items=[AdjustItem(pk, 1_000_000, "as agreed") for pk in ids])
    operations.close(manager, items=[CloseItem(pk) for pk in ids])
    charges = [Dispute.objects.get(pk=pk).charge_id for pk in ids]
    before = deadlocks()
    correcting = partial(operations.correct, manager, items=[WordsItem(pk, "By mistake") for pk in ids[::-1]])
    filing = partial(operations.submit, buyer, items=[SubmitItem(pk, "SPAM", "Again") for pk in charges])
    done = all_of([correcting, filing, correcting, filing])
    assert set(codes(done)) <= {"ALREADY_DISPUTED", "NOT_CLOSED", "NOT_ADJUSTED"}
    assert deadlocks() == before
    books_hold()


def test_closing_against_deciding_has_one_winner_per_dispute(place: World) -> None:
    managers = [place.person("manager", f"manager{n}") for n in range(2)]
    ids, before = filed(place, 20), deadlocks()
    racers: list[Racer] = [
        partial(operations.close, managers[0], items=[CloseItem(pk) for pk in order]) for order in (ids, ids[::-1])
    ]
    done = all_of([*racers, accepting(managers[1], ids), accepting(managers[1], ids[::-1])])
    assert winners([answer for batch in done for answer in batch]) == dict.fromkeys(ids, 1)
    assert set(codes(done)) <= {"ALREADY_DECIDED", "DECISION_PENDING", "DISPUTE_CLOSED", "ALREADY_CLOSED"}
    assert deadlocks() == before
    books_hold()
