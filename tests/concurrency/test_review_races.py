"""Reviews nobody asked for at once: two who draw a day, two who keep one review, a buyer who files meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from makegood.disputes import operations
from makegood.disputes.entries import ReviewItem, SignItem, SubmitItem
from makegood.disputes.models import Dispute, Recommendation, Review, ReviewDraw
from makegood.disputes.tests.reviewing import ONLY_RANDOM, call, found, queued, reviewing, trusted
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from tests.concurrency.test_decision_races import deadlocks
from tests.concurrency.threads import all_of, books_hold
from tests.world import World

Racer = Callable[[], list[Answer]]


def test_taken_back_while_somebody_signs(committed_world: World) -> None:
    """Whoever comes first: the verdict is gone and nothing stands, or it is too late; never a stage that surprises."""
    world = committed_world
    reviewer, signer = world.person("qa", "first"), world.person("manager", "signs")
    reviews = [queued(world) for _ in range(6)]
    assert all(answer.ok for answer in operations.keep_review(reviewer, items=[found(one) for one in reviews]))
    signs = [SignItem(one) for one in Recommendation.objects.order_by("pk").values_list("public_id", flat=True)]
    before = deadlocks()
    racers: list[Racer] = [
        *(partial(operations.take_back_review, reviewer, items=[one.pk]) for one in reviews[:3]),
        *(partial(operations.approve, signer, items=[one]) for one in signs),
    ]
    answers = all_of(racers)
    assert [answer.code for batch in answers[:3] for answer in batch] == ["", "", ""]
    signed = {answer.code for batch in answers[3:] for answer in batch}
    assert signed <= {"", "ALREADY_ANSWERED", "RECOMMENDATION_STALE"}
    for review in Review.objects.filter(pk__in=[one.pk for one in reviews[:3]]):
        assert (review.state, review.dispute_id) == ("claimed", None)
    assert Dispute.objects.filter(stage="withdrawn").count() == 3
    assert Dispute.objects.filter(stage="decided").count() == 3
    assert deadlocks() == before
    books_hold()


def test_taken_back_when_it_is_too_late(committed_world: World) -> None:
    """The worker commits, and the reviewer takes back: one of the two, and the other says so."""
    world = committed_world
    reviewer = trusted(world.person("qa", "first"))
    reviews = [queued(world) for _ in range(6)]
    operations.keep_review(reviewer, items=[found(one) for one in reviews])
    Dispute.objects.update(commit_after=clock.now() + timedelta(milliseconds=40))
    racers: list[Callable[[], Any]] = [
        *(partial(operations.take_back_review, reviewer, items=[one.pk]) for one in reviews),
        *(operations.commit_due for _ in range(3)),
    ]
    answers = [answer for batch in all_of(racers)[: len(reviews)] for answer in batch]
    assert {answer.code for answer in answers} <= {"", "TAKE_BACK_ENDED"}
    back = sum(answer.ok for answer in answers)
    assert Dispute.objects.filter(stage="withdrawn").count() == back
    books_hold()


def test_of_several_who_draw_one_does(committed_world: World) -> None:
    program = reviewing(committed_world, ONLY_RANDOM)
    for _ in range(9):
        call(committed_world)
    people = [committed_world.person("qa", f"qa{n}") for n in range(3)]
    racers: list[Racer] = [partial(operations.queue_reviews, one, programs=[program.key]) for one in people]
    answers = [answer for batch in all_of([*racers, *racers]) for answer in batch]
    assert sorted(answer.data["days"] for answer in answers) == [0, 0, 0, 0, 0, 1]
    assert ReviewDraw.objects.get().size == Review.objects.count() == 3


def test_one_verdict_or_one_dispute_of_a_charge(committed_world: World) -> None:
    world = committed_world
    first, second = (trusted(world.person("qa", name)) for name in ("first", "second"))
    buyer = world.person("buyer", "racer", customer_number="B1")
    reviews = [queued(world) for _ in range(10)]
    items: list[ReviewItem] = [found(review) for review in reviews]
    claims = [SubmitItem(review.charge_id, "SPAM", "A recorded voice") for review in reviews[::2]]
    before = deadlocks()
    racers: list[Callable[[], Any]] = [
        partial(operations.keep_review, first, items=items),
        partial(operations.keep_review, second, items=items[::-1]),
        partial(operations.submit, buyer, items=claims),
    ]
    answers = [answer for batch in all_of(racers) for answer in batch]
    refused = {answer.code for answer in answers if not answer.ok}
    assert refused <= {"REVIEW_FINISHED", "REVIEW_TAKEN", "REVIEW_OVERTAKEN", "ALREADY_DISPUTED", "CONFLICT"}
    charges = list(Dispute.objects.values_list("charge", flat=True))
    assert sorted(charges) == sorted({review.charge_id for review in reviews})
    decided = Review.objects.filter(verdict="non_billable", dispute__origin="qa_proactive").count()
    assert decided == Dispute.objects.filter(origin="qa_proactive").count()
    assert deadlocks() == before
    books_hold()
