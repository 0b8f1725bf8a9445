"""Only those in scope are told, on the right side, while they may."""

from __future__ import annotations

import pytest

from makegood.notifications.tests.world import World, deliver, minutes, sentences, waiting
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Role, User
from makegood.parties.states import Dimension, RoleKey, Verb

END = minutes(240)
NEW = ["1 new dispute submitted by Buyers"]
REVIEWED = ["1 dispute has been reviewed."]
ADJUSTED = ["Call revenue for 1 call has been adjusted."]


def limit(user: User, *grants: tuple[Dimension, object]) -> None:
    parties.set_grants(SYSTEM, user=user, grants=[(dimension, str(value)) for dimension, value in grants])


def test_a_manager_of_another_customer_hears_nothing(world: World, manager: User) -> None:
    limit(manager, (Dimension.CUSTOMER_SUBTREE, world.other_customer.pk))
    world.submit()
    deliver(END)
    assert (sentences(manager), waiting(manager)) == ([], [])


def test_a_manager_hears_of_the_customers_in_sight_alone(world: World, manager: User) -> None:
    limit(manager, (Dimension.CUSTOMER_SUBTREE, world.other_customer.pk))
    world.submit()
    world.submit(customer=world.other_customer)
    deliver(END)
    assert sentences(manager) == NEW


def test_a_manager_without_grants_hears_nothing(world: World, manager: User) -> None:
    limit(manager)
    world.submit()
    deliver(END)
    assert sentences(manager) == []


@pytest.mark.parametrize("sees", [True, False])
@pytest.mark.parametrize("dimension", [Dimension.PROGRAM, Dimension.VENDOR, Dimension.CUSTOMER_TAG, Dimension.AGENT])
def test_every_dimension_limits(world: World, manager: User, dimension: Dimension, *, sees: bool) -> None:
    world.customer.tags, world.customer.agent = ["gold"], "Ada"
    world.customer.save()
    values = {
        Dimension.PROGRAM: world.program.pk if sees else 0,
        Dimension.VENDOR: world.vendor.pk if sees else world.other_vendor.pk,
        Dimension.CUSTOMER_TAG: "gold" if sees else "silver",
        Dimension.AGENT: "Ada" if sees else "Bob",
    }
    limit(manager, (dimension, values[dimension]))
    world.submit()
    deliver(END)
    assert sentences(manager) == (NEW if sees else [])


def test_dimensions_must_all_match(world: World, manager: User) -> None:
    limit(
        manager,
        (Dimension.CUSTOMER_SUBTREE, world.customer.pk),
        (Dimension.VENDOR, world.other_vendor.pk),
    )
    world.submit()
    deliver(END)
    assert sentences(manager) == []


def test_somebody_who_left_hears_nothing(world: World, manager: User) -> None:
    User.objects.filter(pk=manager.pk).update(is_active=False)
    world.submit()
    deliver(END)
    assert sentences(manager) == []


def test_somebody_who_may_not_decide_hears_nothing_new(world: World, manager: User) -> None:
    role = Role.objects.get(key=RoleKey.MANAGER)
    parties.grant_verbs(SYSTEM, role=role, verbs=frozenset({Verb.DISPUTE_VIEW}))
    world.submit()
    deliver(END)
    assert sentences(manager) == []


def test_the_other_buyer_hears_nothing(world: World, buyer: User, other_buyer: User) -> None:
    world.commit(1, submitted_by=buyer)
    deliver(END)
    assert (sentences(buyer), sentences(other_buyer)) == (REVIEWED, [])


def test_everybody_of_the_customer_hears_once(world: World, buyer: User) -> None:
    colleague = world.person("colleague", "buyer", customer=world.customer)
    world.commit(1, submitted_by=colleague)
    deliver(END)
    assert (sentences(buyer), sentences(colleague)) == (REVIEWED, REVIEWED)


def test_those_above_in_the_tree_hear_and_those_below_do_not(world: World, buyer: User) -> None:
    site = parties.create_customer(SYSTEM, number="A1-1", name="Alpine North", currency="USD", parent=world.customer)
    below = world.person("below", "buyer", customer=site)
    world.commit(1, customer=site)
    deliver(END)
    assert (sentences(buyer), sentences(below)) == (REVIEWED, REVIEWED)
    world.commit(2, at=END)
    deliver(minutes(480))
    assert (sentences(buyer), sentences(below)) == (REVIEWED * 2, REVIEWED)


def test_the_representative_who_submitted_hears(world: World, csr: User, buyer: User) -> None:
    colleague = world.person("second_csr", "csr")
    world.commit(1, submitted_by=csr)
    deliver(END)
    assert (sentences(csr), sentences(colleague), sentences(buyer)) == (REVIEWED, [], REVIEWED)


def test_a_representative_out_of_scope_does_not(world: World, csr: User) -> None:
    limit(csr, (Dimension.CUSTOMER_SUBTREE, world.other_customer.pk))
    world.commit(1, submitted_by=csr)
    deliver(END)
    assert sentences(csr) == []


def test_the_other_vendor_hears_nothing(world: World, vendor: User, other_vendor: User) -> None:
    world.commit(1, clawback=30)
    deliver(END)
    assert (sentences(vendor), sentences(other_vendor)) == (ADJUSTED, [])


def test_a_day_is_the_recipients_own(world: World, manager: User) -> None:
    parties.change_settings(SYSTEM, program=world.program, settings={"notify": {"manager": {"digest": "daily 16:30"}}})
    abroad = world.person("abroad", "manager")
    abroad.zone = parties.zone_named("Asia/Tokyo")
    abroad.save()
    world.submit()
    deliver(minutes(270))
    assert (sentences(manager), sentences(abroad)) == (NEW, [])
    deliver(minutes(19 * 60 + 30))
    assert sentences(abroad) == NEW
