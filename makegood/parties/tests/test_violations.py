"""What parties forbids, tried one by one: each test breaks one law and reads its name."""

from __future__ import annotations

from makegood.parties.entries import Principal
from makegood.parties.models import AccessGrant, Customer, Vendor
from tests.refusals import refused_by
from tests.world import World


def test_grant_of_an_unknown_dimension(buyer: Principal) -> None:
    with refused_by("access_grant_dimension"):
        AccessGrant.objects.create(user_id=buyer.id, dimension="planet", value="3")


def test_grant_with_an_unknown_operator(buyer: Principal) -> None:
    with refused_by("access_grant_operator"):
        AccessGrant.objects.create(user_id=buyer.id, dimension="agent", operator="not", value="3")


def test_same_grant_twice(buyer: Principal) -> None:
    AccessGrant.objects.create(user_id=buyer.id, dimension="agent", value="3")
    with refused_by("access_grant_once"):
        AccessGrant.objects.create(user_id=buyer.id, dimension="agent", value="3")


def test_two_customers_at_one_place_in_the_tree(world: World) -> None:
    with refused_by("customer_path_once"):
        Customer.objects.filter(pk=world.customer.pk).update(path=world.other_customer.path)


def test_customer_who_pays_in_an_unknown_way(world: World) -> None:
    with refused_by("customer_billing_mode"):
        Customer.objects.filter(pk=world.customer.pk).update(billing_mode="barter")


def test_vendor_with_an_unknown_way_to_claw_back(world: World) -> None:
    with refused_by("vendor_clawback_mode"):
        Vendor.objects.filter(pk=world.vendor.pk).update(clawback_mode="propotional")
