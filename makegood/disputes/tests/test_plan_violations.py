"""What bulk plans forbid, tried one by one: each test breaks one law and reads its name."""

from __future__ import annotations

import pytest

from makegood.disputes import operations
from makegood.disputes.models import BulkPlan, BulkPlanRow
from makegood.disputes.states import PlanVerb
from makegood.parties.entries import Principal
from tests.refusals import refused_by
from tests.world import DisputeMaker


@pytest.fixture
def plan(make_dispute: DisputeMaker, manager: Principal) -> BulkPlan:
    """A plan for two disputes."""
    names = [make_dispute().public_id, make_dispute().public_id]
    found = operations.plan_bulk(manager, verb=PlanVerb.ACCEPT, selection=names)
    return BulkPlan.objects.get(public_id=found.id)


def test_what_a_plan_may_not_be(plan: BulkPlan) -> None:
    plans = BulkPlan.objects.filter(pk=plan.pk)
    for name, columns in (
        ("plan_verb", {"verb": "dance"}),
        ("plan_state", {"state": "running"}),
        ("plan_state", {"committed_at": plan.created_at}),
        ("plan_counts", {"planned": 3}),
        ("plan_counts", {"done": -1}),
        ("plan_counts", {"done": 1, "refused": 1, "undone": 1}),
    ):
        with refused_by(name):
            plans.update(**columns)


def test_what_a_row_of_a_plan_may_not_be(plan: BulkPlan) -> None:
    first, second = plan.rows.order_by("ordinal")
    row = BulkPlanRow.objects.filter(pk=first.pk)
    for name, columns in (
        ("plan_row_place", {"ordinal": second.ordinal}),
        ("plan_row_once", {"dispute_id": second.dispute_id}),
        ("plan_row_state", {"dispute_id": None}),
    ):
        with refused_by(name):
            row.update(**columns)
