"""What the database forbids of reviews that nobody asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from makegood.disputes.models import Review, ReviewDraw
from makegood.disputes.states import ReviewState, ReviewVerdict
from makegood.disputes.tests.reviewing import queued
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.refusals import refused_by
from tests.world import DisputeMaker, World


def test_one_open_review_of_a_charge(world: World) -> None:
    review = queued(world)
    with refused_by("one_open_review"):
        queued(world, review.charge)


@pytest.mark.parametrize("chance", [0, "1.01"])
def test_a_chance_is_a_probability(world: World, chance: Any) -> None:
    with refused_by("review_chance"):
        queued(world, chance=chance)


@pytest.mark.parametrize(
    "facts",
    [{"state": ReviewState.CLAIMED}, {"claimed_until": "now"}],
)
def test_a_claimed_review_is_in_somebodys_hands(world: World, facts: dict[str, Any]) -> None:
    known: dict[str, Any] = {name: clock.now() if value == "now" else value for name, value in facts.items()}
    with refused_by("review_claimed_by_somebody"):
        queued(world, **known)


@pytest.mark.parametrize("facts", [{"state": ReviewState.DONE}, {"verdict": ReviewVerdict.BILLABLE}])
def test_a_finished_review_says_what(world: World, facts: dict[str, Any]) -> None:
    with refused_by("review_done_says_what"):
        queued(world, **facts)


def test_only_a_non_billable_verdict_has_a_dispute(world: World, qa: Principal, make_dispute: DisputeMaker) -> None:
    done = {"state": ReviewState.DONE, "reviewer_id": qa.id, "finished_at": clock.now()}
    dispute = make_dispute()
    with refused_by("review_dispute_non_billable"):
        Review.objects.create(
            charge=dispute.charge, program=world.program, customer=world.customer, chosen_by="random", chance=1,
            verdict=ReviewVerdict.BILLABLE, dispute=dispute, **done,
        )  # fmt: skip


def test_a_day_is_drawn_once_and_within_what_there_is(world: World) -> None:
    facts = {"program": world.program, "day": date(2026, 3, 9), "at": clock.now()}
    ReviewDraw.objects.create(**facts, asked=3, population=2, size=2)
    with refused_by("review_draw_once_a_day"):
        ReviewDraw.objects.create(**facts, asked=3)
    with refused_by("review_draw_within_population"):
        ReviewDraw.objects.create(**{**facts, "day": date(2026, 3, 10)}, asked=3, population=2, size=3)
