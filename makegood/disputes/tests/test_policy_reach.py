"""What a draft would change, looked at in slices: the same as at once, whatever the slices."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.errors import PolicyMissing, WholeProgramNeeded
from makegood.disputes.models import Policy
from makegood.disputes.selectors.policies import policy_of_rules
from makegood.disputes.selectors.policy_diff import policy_diff
from makegood.disputes.selectors.policy_reach import (
    LEAST_SLICE,
    Reach,
    begin_reach,
    compared,
    diff_of_reach,
    reach_further,
)
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from tests.world import World

pytestmark = pytest.mark.django_db

BILLED = {"type": "billed", "severity": "block"}
TWO_DAYS = {"type": "window", "amount": 48, "severity": "block"}
CALLS = {"type": "disposition", "allow": ["moon"], "severity": "warn"}


def fill(world: World) -> None:
    now = clock.now()
    for days in range(5):
        world.charge(received_at=now - timedelta(days=days, minutes=5))
    world.charge(billed_at=None)
    world.charge(billed_at=None, received_at=now - timedelta(days=9))


def test_slices_find_what_one_look_finds(world: World, manager: Principal) -> None:
    fill(world)
    operations.publish_policy(SYSTEM, program=world.program, rules=[BILLED])
    draft = policy_of_rules(world.program.pk, "draft", [TWO_DAYS, CALLS])
    before = compared(manager, draft, clock.now())
    reach, steps = replace(begin_reach(draft), size=2), 0
    while not reach.is_done:
        reach = Reach.of(json.loads(json.dumps(reach_further(before, draft, reach, 0.0).kept())))
        steps += 1
        assert 0 < reach.percent <= 100
    whole = policy_diff(world.program.pk, before, draft)
    found = diff_of_reach(before, draft, reach)
    assert steps == 4
    assert (found.open_now, found.would_close, found.would_open) == (5, 3, 1)
    assert (whole.open_now, whole.would_close, whole.would_open) == (5, 3, 1)
    changed = {(one.before, one.after): (one.charges, one.billed) for one in found.shifts if one.changes and not
               (one.before and one.after)}  # fmt: skip
    assert changed == {(one.before, one.after): (one.charges, one.billed) for one in whole.shifts if one.changes}
    closed = next(one for one in found.shifts if not one.before and one.after)
    said = [f"Received {days} days ago; the limit is 2 days." for days in (2, 3, 4)]
    assert [sample.sentence for sample in closed.samples] == said
    assert reach.charges == 7
    assert dict(reach.speaks) == {0: 4, 1: 7}


def test_a_slow_slice_is_followed_by_smaller_ones_and_the_budget_ends_a_step(world: World, manager: Principal) -> None:
    fill(world)
    draft = policy_of_rules(world.program.pk, "draft", [TWO_DAYS])
    before = compared(manager, draft, clock.now())
    seconds = iter(range(0, 1000, 10))
    begun = replace(begin_reach(draft), size=2 * LEAST_SLICE, last=10**9)
    reach = reach_further(before, draft, begun, 1.0, lambda: float(next(seconds)))
    assert (reach.size, reach.spent, reach.is_done) == (LEAST_SLICE, 10.0, False)


def test_a_program_without_charges_is_looked_at_in_no_time(world: World, manager: Principal) -> None:
    draft = policy_of_rules(world.program.pk, "draft", [TWO_DAYS])
    reach = begin_reach(draft)
    assert (reach.is_done, reach.percent) == (True, 100)
    assert diff_of_reach(compared(manager, draft, clock.now()), draft, reach).shifts == ()


def test_it_is_told_to_who_sees_the_whole_program(world: World, buyer: Principal, qa: Principal) -> None:
    draft = policy_of_rules(world.program.pk, "draft", [TWO_DAYS])
    limited = replace(buyer, verbs=frozenset({"policy.view"}))
    with pytest.raises(WholeProgramNeeded):
        compared(limited, draft, clock.now())
    with pytest.raises(NotPermitted):
        compared(qa, draft, clock.now())


def test_without_a_version_in_force_there_is_nothing_to_compare(world: World, manager: Principal) -> None:
    program = operations.install_preset(
        SYSTEM, preset_key="lead_review", key="later", effective_from=clock.now() + timedelta(days=9)
    )
    assert Policy.objects.filter(program=program).exists()
    draft = policy_of_rules(program.pk, "draft", [TWO_DAYS])
    with pytest.raises(PolicyMissing):
        compared(manager, draft, clock.now())
