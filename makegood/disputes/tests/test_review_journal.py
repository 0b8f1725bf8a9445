"""Every step of a review that nobody asked for is journaled, and read in words."""

from __future__ import annotations

from datetime import timedelta

from makegood.disputes import operations
from makegood.disputes.models import Review
from makegood.disputes.operations.claim_reviews import free_lapsed
from makegood.disputes.operations.queue_reviews import cancel_overtaken
from makegood.disputes.selectors.audit import audit_of
from makegood.disputes.selectors.review_bench import bench_case
from makegood.disputes.tests.reviewing import ONLY_RANDOM, call, found, queued, reviewing, trusted
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.refusals import unchanged
from tests.world import DisputeMaker, World


def told(review: Review) -> list[str]:
    events = JournalEvent.objects.filter(object_kind="review", object_id=review.pk).order_by("pk")
    return [event.event.removeprefix("review.") for event in events]


def test_a_draw_says_who_drew_how_many_of_which_day(world: World, qa: Principal) -> None:
    reviewing(world, ONLY_RANDOM)
    for _ in range(5):
        call(world)
    operations.queue_reviews(qa, programs=[world.program.key])
    event = JournalEvent.objects.get(event="review.drawn")
    facts = {name: event.changes[name] for name in ("population", "size", "picked", "sample_per_day")}
    assert facts == {"population": 5, "size": 3, "picked": 0, "sample_per_day": 3}
    assert (event.principal, event.program_id) == (qa.id, world.program.pk)
    with unchanged():
        operations.queue_reviews(qa, programs=[world.program.key])
    review = Review.objects.order_by("pk")[0]
    assert [step.text for step in bench_case(qa, review.pk).story] == ["Drawn for its day: 3 of 5 at random, 0 by rule"]


def test_taking_keeping_skipping_and_leaving(world: World, qa: Principal) -> None:
    review = queued(world)
    for _ in range(3):  # a lease that is prolonged is not taken again
        assert operations.claim_review(qa, items=[review.pk])[0].ok
    operations.release_review(qa, items=[review.pk])
    operations.release_review(qa, items=[review.pk])
    operations.release_review(qa, items=[review.pk], skipped=True)
    operations.claim_review(qa, items=[review.pk])
    operations.release_review(qa, items=[review.pk], skipped=True)
    operations.claim_review(qa, items=[review.pk])
    with clock.shifted(timedelta(hours=1)):
        assert free_lapsed() == 1
        assert free_lapsed() == 0
    assert told(review) == ["claimed", "released", "skipped", "claimed", "skipped", "claimed", "lapsed"]
    words = [step.text for step in bench_case(qa, review.pk).story]
    assert words[:3] == ["Taken", "Given back to the queue", "Skipped"]
    assert words[-1] == "Left, and free again"


def test_what_is_overtaken_says_so(world: World, qa: Principal, make_dispute: DisputeMaker) -> None:
    first, second = queued(world), queued(world)
    make_dispute(charge=first.charge)
    make_dispute(charge=second.charge)
    assert operations.claim_review(qa, items=[first.pk])[0].code == "REVIEW_OVERTAKEN"
    assert (cancel_overtaken(), cancel_overtaken()) == (1, 0)
    assert told(first) == told(second) == ["overtaken"]


def test_the_audit_of_its_dispute_begins_with_the_review(world: World, qa: Principal, manager: Principal) -> None:
    reviewing(world, ONLY_RANDOM)
    call(world)
    operations.queue_reviews(qa, programs=[world.program.key])
    review = Review.objects.get()
    operations.claim_review(qa, items=[review.pk])
    (kept,) = operations.keep_review(trusted(qa), items=[found(review)])
    rows = audit_of(manager, kept.data["dispute_id"])
    said = [row.words for row in rows if row.event.startswith("review.")]
    assert said == ["Review drawn", "Review claimed", "Review finished"]
    assert rows[0].words == "Review drawn"
    assert {shift.name: shift.after for shift in rows[0].shifts}["population"] == "1"
