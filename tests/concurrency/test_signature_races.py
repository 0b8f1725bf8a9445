"""Second signatures at once: two who sign, signing against taking back, against deciding, against withdrawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, SignItem
from makegood.disputes.models import Decision, Dispute, Recommendation
from makegood.disputes.states import DecisionKind
from makegood.disputes.tests.desk import limited
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from tests.concurrency.test_decision_races import accepting, deadlocks, filed, refs, winners
from tests.concurrency.threads import all_of, books_hold
from tests.world import World

Racer = Callable[[], list[Answer]]


def waiting(world: World, author: Principal, count: int) -> tuple[list[int], list[SignItem]]:
    """Disputes whose acceptance waits, with the answers to them."""
    ids = filed(world, count)
    items = [DecisionItem(pk, DecisionKind.ACCEPT) for pk in ids]
    answers = operations.recommend(limited(author), items=items)
    return ids, [SignItem(answer.data["recommendation"], "no") for answer in answers]


def run_all(racers: Sequence[Racer]) -> list[Answer]:
    return [answer for batch in all_of(racers) for answer in batch]


def test_of_several_who_answer_one_is_heard(committed_world: World) -> None:
    author, *others = (committed_world.person("manager", f"manager{n}") for n in range(4))
    ids, signs = waiting(committed_world, author, 12)
    before = deadlocks()
    racers: list[Racer] = [
        partial(operations.approve, others[0], items=signs),
        partial(operations.approve, others[1], items=signs[::-1]),
        partial(operations.decline, others[2], items=signs[::2]),
    ]
    answers = run_all(racers)
    assert winners(answers) == dict.fromkeys(ids, 1)
    assert {answer.code for answer in answers if not answer.ok} == {"ALREADY_ANSWERED"}
    states = list(Recommendation.objects.values_list("state", flat=True))
    assert set(states) <= {"approved", "declined"}
    assert Decision.objects.filter(state="held", by_id=author.id).count() == states.count("approved")
    assert deadlocks() == before
    books_hold()


def test_signing_against_taking_back_deciding_and_withdrawing(committed_world: World) -> None:
    author, second, third = (committed_world.person("manager", f"manager{n}") for n in range(3))
    ids, signs = waiting(committed_world, author, 12)
    buyer = committed_world.person("buyer", "withdrawer", customer_number="B1")
    before = deadlocks()
    racers: list[Racer] = [
        partial(operations.approve, second, items=signs),
        partial(operations.withdraw_recommendation, author, items=refs(ids[::3])),
        partial(operations.withdraw, buyer, items=[Ref(pk) for pk in ids[1::3]]),
        accepting(third, ids[::-1]),
    ]
    answers = run_all(racers)
    refused = {answer.code for answer in answers if not answer.ok}
    assert refused <= {
        "ALREADY_ANSWERED", "RECOMMENDED", "ALREADY_DECIDED", "DISPUTE_CLOSED", "NOTHING_TO_SIGN", "WRONG_STAGE",
    }  # fmt: skip
    assert not Recommendation.objects.filter(state="waiting").exists()
    assert not Dispute.objects.filter(waits_for_signature=True).exists()
    for decision in Decision.objects.filter(state="held"):
        signed = Recommendation.objects.filter(decision=decision).exists()
        assert decision.by_id == (author.id if signed else third.id)
    assert Decision.objects.filter(dispute__in=ids[2::3], by_id=author.id).count() == len(ids[2::3])
    assert deadlocks() == before
    books_hold()


def test_of_two_recommendations_one_waits(committed_world: World) -> None:
    people = [limited(committed_world.person("manager", f"manager{n}")) for n in range(3)]
    ids = filed(committed_world, 8)
    items = [DecisionItem(pk, DecisionKind.ACCEPT) for pk in ids]
    answers = run_all(
        [partial(operations.recommend, one, items=items[:: 1 - 2 * (n % 2)]) for n, one in enumerate(people)]
    )
    assert winners(answers) == dict.fromkeys(ids, 1)
    assert {answer.code for answer in answers if not answer.ok} == {"RECOMMENDED"}
    assert Recommendation.objects.count() == len(ids)
    books_hold()
