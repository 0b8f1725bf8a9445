"""What the database forbids of second signatures, and of who works on what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem
from makegood.disputes.models import Decision, DeskTime, Dispute, Follow, Handling, OutOfTurn, Recommendation, Snooze
from makegood.disputes.states import DecisionKind
from makegood.disputes.tests.desk import limited
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.refusals import refused_by
from tests.world import DisputeMaker


@pytest.fixture
def waits(make_dispute: DisputeMaker, manager: Principal) -> Recommendation:
    """A decision of the manager that waits."""
    decision = DecisionItem(make_dispute().pk, DecisionKind.ACCEPT)
    (answer,) = operations.recommend(limited(manager), items=[decision])
    return Recommendation.objects.get(dispute=answer.id or 0)


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"answered_at": clock.now()}, "recommendation_waits_unanswered"),
        ({"state": "approved"}, "recommendation_second_person"),
        ({"state": "declined"}, "recommendation_second_person"),
    ],
)
def test_an_answer_has_a_second_person(waits: Recommendation, columns: dict[str, Any], name: str) -> None:
    rows = Recommendation.objects.filter(pk=waits.pk)
    with refused_by(name):
        rows.update(**columns)
    with refused_by("recommendation_second_person"):
        rows.update(state="approved", answered_by=waits.by_id)


def test_one_waits_and_only_what_was_signed_became_a_decision(
    waits: Recommendation, make_dispute: DisputeMaker, manager: Principal
) -> None:
    other = make_dispute()
    operations.decide(manager, items=[DecisionItem(other.pk, DecisionKind.ACCEPT)])
    with refused_by("recommendation_decision_approved"):
        Recommendation.objects.filter(pk=waits.pk).update(decision=Decision.objects.get())
    with refused_by("one_recommendation_waits"):
        Recommendation.objects.create(
            dispute=waits.dispute, public_id="rcm_2", round=1, kind="accept", credit_micros=1, version=1,
            by_id=manager.id, state="waiting",
        )  # fmt: skip


def test_only_what_is_in_review_waits_for_a_signature(make_dispute: DisputeMaker) -> None:
    with refused_by("dispute_signature_in_review"):
        Dispute.objects.filter(pk=make_dispute().pk).update(waits_for_signature=True)


def test_handling_has_a_cause_and_no_circle(make_dispute: DisputeMaker) -> None:
    row = Handling.objects.create(dispute=make_dispute())
    with refused_by("handling_escalation_has_a_cause"):
        Handling.objects.filter(pk=row.pk).update(escalated_at=clock.now())
    with refused_by("handling_not_its_own_twin"):
        Handling.objects.filter(pk=row.pk).update(duplicate_of=row.pk)


def test_nobody_follows_or_puts_aside_twice(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute, until = make_dispute(), clock.now() + timedelta(hours=1)
    Follow.objects.create(dispute=dispute, user_id=manager.id or 0)
    with refused_by("follow_once"):
        Follow.objects.create(dispute=dispute, user_id=manager.id or 0)
    Snooze.objects.create(dispute=dispute, user_id=manager.id or 0, until=until)
    with refused_by("snooze_once"):
        Snooze.objects.create(dispute=dispute, user_id=manager.id or 0, until=until)


def test_a_skip_has_a_cause_and_a_time_is_not_negative(make_dispute: DisputeMaker, manager: Principal) -> None:
    older, newer = make_dispute(), make_dispute()
    with refused_by("out_of_turn_has_a_cause"):
        OutOfTurn.objects.create(dispute=newer, before=older, taken_by_id=manager.id, cause="")
    operations.decide(manager, items=[DecisionItem(older.pk, DecisionKind.ACCEPT)])
    with refused_by("desk_time_not_negative"):
        DeskTime.objects.create(decision=Decision.objects.get(), decision_ms=-1)
