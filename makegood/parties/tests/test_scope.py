"""Limit-to: none is nothing, all wins, one dimension ORs, different ones AND; a subtree ends where its path ends."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from makegood.billing.selectors import charges_visible_to
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, User
from makegood.parties.operations import create_customer, set_grants
from makegood.parties.selectors import customers_visible_to, principal_of, programs_visible_to, vendors_visible_to
from makegood.parties.states import Dimension
from tests.world import World

D = Dimension
Grant = tuple[Dimension, str]


@dataclass(frozen=True)
class Tree:
    """reseller > (east > site, west), and somebody outside; each with one charge."""

    customers: dict[str, Customer]

    def grant(self, text: str) -> Grant:
        """A grant such as ``subtree:east``, with the customer's id in place of its name."""
        dimension, _, value = text.partition(":")
        if dimension == "subtree":
            return D.CUSTOMER_SUBTREE, str(self.customers[value].pk)
        return D(dimension), value


@pytest.fixture
def tree(world: World) -> Tree:
    made: dict[str, Customer] = {}
    for name, parent, facts in (
        ("reseller", None, {}),
        ("east", "reseller", {"tags": ["gold"], "agent": "ann"}),
        ("site", "east", {"tags": ["gold", "new"], "agent": "bob", "bill_profile": "weekly"}),
        ("west", "reseller", {"tags": ["new"], "agent": "ann", "bill_profile": "weekly"}),
        ("outside", None, {"tags": ["gold"]}),
    ):
        above = made[parent] if parent else None
        made[name] = create_customer(SYSTEM, number=name, name=name, currency="USD", parent=above, **facts)
        vendor = world.vendor if name in {"east", "west"} else world.other_vendor
        world.charge(customer=made[name], vendor=vendor)
    return Tree(made)


def limited(person: Principal, grants: list[Grant]) -> Principal:
    user = User.objects.get(pk=person.id)
    set_grants(SYSTEM, user=user, grants=grants)
    return principal_of(User.objects.get(pk=person.id))


@pytest.mark.parametrize(
    ("grants", "seen"),
    [
        ([], ""),
        (["all:"], "B1 B2 east outside reseller site west"),
        (["all:", "agent:bob"], "B1 B2 east outside reseller site west"),
        (["subtree:reseller"], "east reseller site west"),
        (["subtree:east"], "east site"),
        (["subtree:site"], "site"),
        (["subtree:site", "subtree:west"], "site west"),
        (["subtree:east", "subtree:site"], "east site"),
        (["customer_tag:gold"], "east outside site"),
        (["customer_tag:gold", "customer_tag:new"], "east outside site west"),
        (["customer_tag:gold", "subtree:reseller"], "east site"),
        (["customer_tag:new", "agent:ann"], "west"),
        (["agent:ann", "bill_profile:weekly", "subtree:reseller"], "west"),
        (["agent:nobody"], ""),
    ],
)
def test_customers_in_sight(tree: Tree, manager: Principal, grants: list[str], seen: str) -> None:
    principal = limited(manager, [tree.grant(text) for text in grants])
    visible = sorted(customers_visible_to(principal).values_list("number", flat=True))
    assert visible == seen.split()
    charged = sorted(set(charges_visible_to(principal).values_list("customer__number", flat=True)))
    assert charged == [number for number in visible if number in tree.customers]


def test_subtree_ends_where_the_path_ends(tree: Tree, manager: Principal) -> None:
    east = tree.customers["east"]
    # A sibling whose path begins with the same digits, but is no part of the tree.
    Customer.objects.filter(number="outside").update(path=f"{east.path.removesuffix('.')}9.")
    principal = limited(manager, [tree.grant("subtree:east")])
    assert sorted(customers_visible_to(principal).values_list("number", flat=True)) == ["east", "site"]


def test_path_is_the_parents_and_ones_own(tree: Tree) -> None:
    ids = {name: customer.pk for name, customer in tree.customers.items()}
    assert tree.customers["site"].path == f"c{ids['reseller']}.c{ids['east']}.c{ids['site']}."


def test_limit_by_vendor_shows_its_charges_and_no_customer(tree: Tree, manager: Principal, world: World) -> None:
    principal = limited(manager, [(D.VENDOR, str(world.vendor.pk))])
    assert list(customers_visible_to(principal)) == []
    assert list(vendors_visible_to(principal)) == [world.vendor]
    numbers = sorted(charges_visible_to(principal).values_list("customer__number", flat=True))
    assert numbers == ["east", "west"]


def test_limits_by_vendor_and_customer_are_both_met(tree: Tree, manager: Principal, world: World) -> None:
    principal = limited(manager, [(D.VENDOR, str(world.vendor.pk)), tree.grant("subtree:east")])
    assert charges_visible_to(principal).get().customer == tree.customers["east"]


def test_limit_by_program(tree: Tree, manager: Principal, world: World) -> None:
    mine = limited(manager, [(D.PROGRAM, str(world.program.pk))])
    assert list(programs_visible_to(mine)) == [world.program]
    assert charges_visible_to(mine).count() == len(tree.customers)
    other = limited(manager, [(D.PROGRAM, str(world.program.pk + 1)), tree.grant("subtree:east")])
    assert (list(programs_visible_to(other)), charges_visible_to(other).count()) == ([], 0)


def test_without_any_grant_nothing_is_in_sight(tree: Tree, stranger: Principal) -> None:
    assert stranger.scope.nothing
    reads = (customers_visible_to, vendors_visible_to, programs_visible_to, charges_visible_to)
    assert [read(stranger).count() for read in reads] == [0, 0, 0, 0]


def test_person_who_was_switched_off_may_and_sees_nothing(manager: Principal) -> None:
    User.objects.filter(pk=manager.id).update(is_active=False)
    principal = principal_of(User.objects.get(pk=manager.id))
    assert (principal.verbs, principal.scope.nothing) == (frozenset(), True)
