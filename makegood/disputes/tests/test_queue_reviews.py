"""What is reviewed unasked: the sample of a day is exact, the same for everybody, and nothing is drawn twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from hashlib import md5
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.models import Review, ReviewDraw
from makegood.disputes.policy.review_plan import USUAL, ReviewPlan, days_due, normalized_tags
from makegood.disputes.states import ChosenBy, ReviewState
from makegood.disputes.tests.reviewing import ONLY_RANDOM, call, form_lead, queued, reviewing, yesterday
from makegood.evidence.models import Recording
from makegood.evidence.states import RecordingState
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

NOTHING = {"days": 0, "population": 0, "unheard": 0, "size": 0, "picked": 0}


def drawn(qa: Principal, world: World) -> Answer:
    (answer,) = operations.queue_reviews(qa, programs=[world.program.key])
    assert answer.ok, answer
    return answer


def chosen(by: ChosenBy) -> set[int]:
    return set(Review.objects.filter(chosen_by=by).values_list("charge", flat=True))


def by_hash(day: date, charges: list[Charge]) -> list[Charge]:
    return sorted(charges, key=lambda one: md5(f"{day}:{one.pk}".encode(), usedforsecurity=False).hexdigest())


def test_a_sample_is_exact_and_the_same_for_everybody(world: World, qa: Principal) -> None:
    reviewing(world, ONLY_RANDOM)
    calls = [call(world) for _ in range(7)]
    answer = drawn(qa, world)
    assert answer.data == {"days": 1, "population": 7, "unheard": 0, "size": 3, "picked": 0}
    day = ReviewDraw.objects.get().day
    assert chosen(ChosenBy.RANDOM) == {one.pk for one in by_hash(day, calls)[:3]}
    assert {row.chance for row in Review.objects.all()} == {(Decimal(3) / 7).quantize(Decimal("1e-18"))}
    with unchanged(but=()):
        assert drawn(qa, world).data == NOTHING
        assert operations.draw_due() == 0


def test_fewer_than_wanted_are_certain(world: World, qa: Principal) -> None:
    reviewing(world, ONLY_RANDOM)
    call(world)
    assert drawn(qa, world).data["size"] == 1
    assert Review.objects.get().chance == 1


def test_what_cannot_be_reviewed_is_not_drawn(world: World, qa: Principal, make_dispute: DisputeMaker) -> None:
    reviewing(world, {"sample_per_day": 50, "rules": {}})
    wanted = {call(world).pk, form_lead(world).pk, call(world, subkind="lead", lead_channel="phone").pk}
    call(world, heard=False)
    call(world, subkind="lead", lead_channel="phone", heard=False)
    unfit = call(world)
    Recording.objects.filter(charge=unfit).update(state=RecordingState.FAILED)
    make_dispute(charge=call(world))
    queued(world, state=ReviewState.DONE, reviewer_id=qa.id, verdict="billable", finished_at=clock.now())
    corrected = call(world)
    wanted.add(call(world, corrects_id=corrected.pk).pk)
    call(world, billed_micros=0)
    call(world, at=clock.now())
    call(world, at=yesterday() - timedelta(days=2))
    answer = drawn(qa, world)
    assert (answer.data["population"], answer.data["unheard"]) == (4, 3)
    assert set(Review.objects.filter(draw__isnull=False).values_list("charge", flat=True)) == wanted


def test_rules_pick_besides_and_say_why(world: World, qa: Principal) -> None:
    rules = {"new_vendor": {"first": 2}, "short": {"seconds": 20}, "no_speech": True, "repeat_caller": {"hours": 24}}
    reviewing(world, {"sample_per_day": 0, "per_rule": 2, "rules": rules})
    usual: dict[str, Any] = {"vendor": None, "duration_s": 100, "speech_s": 50}
    call(world, **{**usual, "vendor": world.vendor, "at": yesterday() - timedelta(days=9)})
    new = [call(world, **{**usual, "vendor": world.vendor, "at": yesterday(hour=hour)}) for hour in (3, 4)][:1]
    short = [call(world, **{**usual, "duration_s": 5}) for _ in range(3)]
    silent = call(world, **{**usual, "speech_s": 0})
    caller = {**usual, "caller_e164": "+12125550199"}
    call(world, **caller, at=yesterday(hour=1), heard=False)
    again = call(world, **caller, at=yesterday(hour=9))
    call(world, **usual)
    assert drawn(qa, world).data["picked"] == 5
    assert chosen(ChosenBy.NEW_VENDOR) == {new[0].pk}
    assert chosen(ChosenBy.NO_SPEECH) == {silent.pk}
    assert chosen(ChosenBy.REPEAT_CALLER) == {again.pk}
    assert len(chosen(ChosenBy.SHORT) & {one.pk for one in short}) == 2
    of_rule: dict[str, Any] = {row.chosen_by: (row.chance, row.why) for row in Review.objects.all()}
    assert of_rule["short"] == (Decimal("0.666666666666666667"), {"seconds": 5})
    assert of_rule["new_vendor"] == (1, {"nth": 2})
    assert of_rule["repeat_caller"] == (1, {"hours": 24})


def test_a_day_is_that_of_the_program(world: World, qa: Principal) -> None:
    program = reviewing(world, ONLY_RANDOM)
    program.zone = world.other_customer.zone  # Asia/Kolkata
    program.save()
    inside = call(world, at=yesterday("Asia/Kolkata", 0))
    call(world, at=yesterday("Asia/Kolkata", 0) - timedelta(microseconds=1))
    drawn(qa, world)
    assert chosen(ChosenBy.RANDOM) == {inside.pk}


@pytest.mark.parametrize(
    ("last", "due"),
    [(None, [9]), (date(2026, 3, 9), []), (date(2026, 3, 8), [9]), (date(2026, 3, 5), [6, 7, 8, 9]),
     (date(2026, 1, 1), [3, 4, 5, 6, 7, 8, 9])],
)  # fmt: skip
def test_days_that_were_missed_are_drawn_later(last: date | None, due: list[int]) -> None:
    assert [day.day for day in days_due(last, date(2026, 3, 10))] == due


def test_what_was_disputed_meanwhile_is_no_longer_reviewed(
    world: World, qa: Principal, make_dispute: DisputeMaker
) -> None:
    review, other = queued(world), queued(world)
    make_dispute(charge=review.charge)
    assert operations.cancel_overtaken() == 1
    review.refresh_from_db()
    other.refresh_from_db()
    assert (review.state, other.state) == (ReviewState.CANCELED, ReviewState.QUEUED)


def test_who_may_draw_and_where(world: World, qa: Principal, csr: Principal) -> None:
    with unchanged():
        off, absent = operations.queue_reviews(qa, programs=[world.program.key, "nowhere"])
        refused(
            off,
            "REVIEWS_OFF",
            "Calls reviews nothing unasked. Switch it on where the program is changed, then draw again.",
        )
        refused(absent, "NOT_FOUND", "Not found, or not yours.")
        with pytest.raises(NotPermitted):
            operations.queue_reviews(csr, programs=[world.program.key])


def test_plain_true_is_the_usual_plan() -> None:
    assert ReviewPlan.of({"proactive_review": True}) == USUAL
    never: tuple[Any, ...] = (False, None, {})
    assert [ReviewPlan.of({"proactive_review": off}) for off in never] == [None, None, None]
    assert ReviewPlan.of({}) is None
    bare = ReviewPlan.of({"proactive_review": {"sample_per_day": 5}})
    assert bare is not None
    assert (bare.sample_per_day, bare.rules, bare.tags) == (5, (), USUAL.tags)


def test_tags_are_kept_in_one_way() -> None:
    assert normalized_tags(["  Price   Shopper", "#price shopper", "", "Emergency "]) == ("price shopper", "emergency")


def test_the_worker_draws_for_every_program(world: World) -> None:
    reviewing(world, ONLY_RANDOM)
    call(world)
    assert operations.draw_due() == 1
    assert operations.queue_reviews(SYSTEM, programs=[world.program.key])[0].data == NOTHING
