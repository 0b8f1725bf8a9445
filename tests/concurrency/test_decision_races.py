"""Deciders, undoers, withdrawers and workers at once: one winner per dispute, never a deadlock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, SubmitItem
from makegood.disputes.models import Decision, Dispute
from makegood.disputes.states import DecisionKind, Door
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.models import Adjustment, ChargeBalance, Hold, Posting
from makegood.parties.entries import Principal
from tests.concurrency.threads import all_of, books_hold
from tests.refusals import run
from tests.world import World

Racer = Callable[[], list[Answer]]
REFUSED = {"ALREADY_DECIDED", "DISPUTE_CLOSED", "WRONG_STAGE"}


def filed(world: World, count: int) -> list[int]:
    """That many disputes of one buyer, by id."""
    buyer = world.person("buyer", customer_number="B1")
    items = [SubmitItem(world.charge().pk, "SPAM", "Automated voice") for _ in range(count)]
    return [answer.id for answer in operations.submit(buyer, items=items) if answer.id is not None]


def accepting(manager: Principal, ids: Sequence[int], door: Door = Door.BULK, key: str | None = None) -> Racer:
    items = [DecisionItem(pk, DecisionKind.ACCEPT) for pk in ids]
    return lambda: operations.decide(manager, items=items, door=door, key=key)


def refs(ids: Sequence[int]) -> list[Ref]:
    return [Ref(pk) for pk in ids]


def deadlocks() -> int:
    """How many the server has counted in this database."""
    run("SELECT pg_stat_force_next_flush()")
    return int(run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0][0])


def winners(answers: Sequence[Answer]) -> Counter[int | None]:
    return Counter(answer.id for answer in answers if answer.ok)


def test_bulk_reversed_bulk_and_single_decide_each_dispute_once(committed_world: World) -> None:
    managers = [committed_world.person("manager", f"manager{n}") for n in range(3)]
    ids, before = filed(committed_world, 40), deadlocks()
    bulk = [accepting(managers[0], ids), accepting(managers[1], ids[::-1]), accepting(managers[2], ids[::2])]
    single = [accepting(managers[2], [pk], Door.DESK) for pk in ids[::8]]
    answers = [answer for batch in all_of([*bulk, *single]) for answer in batch]
    assert winners(answers) == dict.fromkeys(ids, 1)
    assert {answer.code for answer in answers if not answer.ok} <= REFUSED
    assert Decision.objects.filter(state="held").count() == len(ids)
    assert JournalEvent.objects.filter(event="dispute.decided").count() == len(ids)
    assert deadlocks() == before
    books_hold()


def test_two_disputes_of_one_charge_in_opposite_batches_do_not_deadlock(committed_world: World) -> None:
    manager = committed_world.person("manager")
    (first,) = filed(committed_world, 1)
    buyer = committed_world.person("buyer", "again", customer_number="B1")
    operations.withdraw(buyer, items=refs([first]))
    charge = Dispute.objects.get(pk=first).charge_id
    (second,) = operations.submit(buyer, items=[SubmitItem(charge, "SPAM", "Automated voice")])
    assert second.id is not None
    answers = all_of([accepting(manager, [first, second.id]), accepting(manager, [second.id, first])] * 4)
    assert winners([a for batch in answers for a in batch]) == {second.id: 1}
    books_hold()


def test_workers_commit_each_dispute_once(committed_world: World) -> None:
    manager = committed_world.person("manager")
    ids = filed(committed_world, 60)
    accepting(manager, ids)()

    def work() -> list[Answer]:
        done: list[Answer] = []
        while batch := operations.commit_due(limit=7):
            done += batch
        return done

    with clock.shifted(timedelta(minutes=2)):
        committed = [answer for batch in all_of([work] * 4) for answer in batch] + operations.commit_due()
    assert winners(committed) == dict.fromkeys(ids, 1)
    assert Adjustment.objects.count() == len(ids)
    assert Posting.objects.count() == 4 * len(ids)
    books_hold()


def test_one_reviewer_gets_the_dispute(committed_world: World) -> None:
    reviewers = [committed_world.person("manager", f"reviewer{n}") for n in range(8)]
    ids = filed(committed_world, 5)
    claims = [
        partial(operations.claim, reviewer, items=refs(ids[:: 1 - 2 * (n % 2)])) for n, reviewer in enumerate(reviewers)
    ]
    answers = [answer for batch in all_of(claims) for answer in batch]
    assert winners(answers) == dict.fromkeys(ids, 1)
    assert {answer.code for answer in answers if not answer.ok} == {"LEASED"}
    assert JournalEvent.objects.filter(event="dispute.claimed").count() == len(ids)
    books_hold()


def test_withdraw_against_decide_has_one_winner_per_dispute(committed_world: World) -> None:
    manager = committed_world.person("manager")
    ids = filed(committed_world, 20)
    buyer = committed_world.person("buyer", "withdrawer", customer_number="B1")
    racers: list[Racer] = [partial(operations.withdraw, buyer, items=refs([pk])) for pk in ids[:4]]
    racers += [partial(operations.withdraw, buyer, items=refs(ids[::-1])), accepting(manager, ids)]
    answers = [answer for batch in all_of(racers) for answer in batch]
    assert winners(answers) == dict.fromkeys(ids, 1)
    assert {answer.code for answer in answers if not answer.ok} <= REFUSED
    assert set(Dispute.objects.values_list("stage", flat=True)) <= {"withdrawn", "decided"}
    books_hold()


def test_one_key_used_by_eight_deciders_has_one_effect(committed_world: World) -> None:
    manager = committed_world.person("manager")
    ids = filed(committed_world, 5)
    first, *others = all_of([accepting(manager, ids, Door.API, key="k-1")] * 8)
    assert [answer.ok for answer in first] == [True] * 5
    assert others == [first] * 7
    assert Adjustment.objects.count() == 5
    books_hold()


@pytest.mark.parametrize("late", [-1, 0, 1], ids=["before", "at", "after"])
def test_undo_against_commit_has_one_winner(committed_world: World, late: int) -> None:
    manager = committed_world.person("manager")
    ids, before = filed(committed_world, 24), deadlocks()
    accepting(manager, ids)()
    ends = Dispute.objects.values_list("commit_after", flat=True).first()
    assert ends is not None

    def undo_just_before_the_end(pk: int) -> list[Answer]:
        with clock.frozen(ends - timedelta(microseconds=1)):
            return operations.undo(manager, items=refs([pk]))

    def commit_around_the_end() -> list[Answer]:
        with clock.frozen(ends + timedelta(microseconds=late)):
            return [answer for _ in range(6) for answer in operations.commit_due(limit=9)]

    racers: list[Racer] = [partial(undo_just_before_the_end, pk) for pk in ids]
    answers = [a for batch in all_of([*racers, commit_around_the_end, commit_around_the_end]) for a in batch]
    answers += commit_around_the_end()
    assert winners(answers) == dict.fromkeys(ids, 1)
    assert {answer.code for answer in answers if not answer.ok} <= {"ALREADY_DECIDED", "DISPUTE_CLOSED"}
    undone = Dispute.objects.filter(stage="in_review").count()
    assert undone + Adjustment.objects.count() == len(ids)
    assert late >= 0 or undone == len(ids)
    assert not Hold.objects.filter(held_micros__gt=0).exists()
    assert not ChargeBalance.objects.filter(held_micros__gt=0).exists()
    assert deadlocks() == before
    books_hold()
