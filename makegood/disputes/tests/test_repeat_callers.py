"""A repeat caller: recommended for credit with the earlier call, granted within a budget where that is switched on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from makegood.billing.models import Category, Charge
from makegood.billing.selectors.earlier import earlier_calls
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute, Policy, PolicyVersion
from makegood.disputes.selectors.budgets import budgets_of
from makegood.disputes.selectors.detail import verdict_then
from makegood.disputes.states import Outcome, Stage
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from tests.world import World, standing_world

SAID = "The same person about the same leak."


@pytest.fixture
def credits_world(db: None) -> World:
    """A marketplace that gives credits, with the shipped rules."""
    return standing_world("lead_credit")


def called(world: World, days: int) -> Charge:
    """A plumbing call of the one caller, so many days ago."""
    at = clock.now() - timedelta(days=days, hours=1)
    plumbing = Category.objects.get(code="plumbing")
    return world.charge(category=plumbing, occurred_at=at, received_at=at, billed_at=at)


def asked(buyer: Principal, charge: Charge) -> Dispute:
    (answer,) = operations.submit(buyer, items=[SubmitItem(charge.pk, "DUPLICATE", SAID)])
    assert answer.ok, answer
    return Dispute.objects.get(pk=answer.id)


def test_a_repeat_call_is_recommended_for_credit_with_the_earlier_call(credits_world: World) -> None:
    world = credits_world
    buyer, manager = world.person("buyer", customer_number="B1"), world.person("manager")
    first, again, alone = called(world, 9), called(world, 0), called(world, 40)
    dispute = asked(buyer, again)
    assert dispute.stage == Stage.PENDING
    verdict = verdict_then(dispute)
    assert verdict is not None
    (rule,) = verdict.advice
    sentence = f"Repeat call from the same number; the first was {first.external_id}."
    assert (rule.code, rule.suggests, rule.message) == ("AUTO_DUPLICATE", "accept", sentence)
    assert [one.external_id for one in earlier_calls(manager, again)] == [first.external_id]
    assert earlier_calls(manager, alone) == ()
    stranger = replace(manager, scope=replace(manager.scope, everything=False))
    assert earlier_calls(stranger, again) == ()
    assert budgets_of(world.program) == ()


def test_switched_on_in_a_draft_it_grants_until_its_budget_is_spent(credits_world: World) -> None:
    world = credits_world
    admin, buyer = world.person("admin"), world.person("buyer", customer_number="B1")
    called(world, 9)
    version = PolicyVersion.objects.get(policy=Policy.objects.get(program=world.program))
    budget = {"count": 1, "per": "customer", "period": "month"}
    rules = [
        {**rule, "severity": "auto_accept", "budget": budget} if rule["type"] == "duplicate_auto" else rule
        for rule in version.rules
    ]
    draft = operations.save_policy_draft(admin, program=world.program, rules=rules)
    operations.publish_policy_draft(admin, program=world.program, number=draft.number, note="As agreed.")
    (before,) = budgets_of(world.program)
    assert (before.code, before.most, before.used, before.used_money) == ("AUTO_DUPLICATE", 1, 0, ())
    granted, left = asked(buyer, called(world, 1)), asked(buyer, called(world, 0))
    assert (granted.outcome, granted.decided_by_id) == (Outcome.ACCEPTED, None)
    assert left.stage == Stage.PENDING
    assert verdict_then(left) is not None
    (spent,) = budgets_of(world.program)
    assert (spent.used, spent.used_money, spent.customers, spent.most_used) == (1, (Money(45_000_000, "USD"),), 1, 1)
