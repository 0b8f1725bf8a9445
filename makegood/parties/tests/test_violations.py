"""What parties forbids, tried one by one: each test breaks one law and reads its name."""

from __future__ import annotations

import pytest

from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import AccessGrant, Customer, Installation, Invitation, Token, Vendor
from makegood.parties.operations import create_token, invite
from makegood.parties.states import Dimension
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


@pytest.fixture
def token(world: World) -> Token:
    return create_token(SYSTEM, name="Feed", scopes=["charge.view"], grants=[(Dimension.AGENT, "3")]).token


def test_same_grant_of_a_token_twice(token: Token) -> None:
    with refused_by("access_grant_once"):
        AccessGrant.objects.create(token=token, dimension="agent", value="3")


def test_same_grant_of_a_person_and_of_a_token(buyer: Principal, token: Token) -> None:
    AccessGrant.objects.create(user_id=buyer.id, dimension="agent", value="3")
    assert AccessGrant.objects.filter(dimension="agent", value="3").count() == 2


def test_grant_of_nobody(world: World) -> None:
    with refused_by("access_grant_one_owner"):
        AccessGrant.objects.create(dimension="agent", value="3")


def test_grant_of_a_person_and_a_token_at_once(buyer: Principal, token: Token) -> None:
    with refused_by("access_grant_one_owner"):
        AccessGrant.objects.create(user_id=buyer.id, token=token, dimension="agent", value="4")


@pytest.mark.parametrize("per_minute", [0, -1])
def test_token_that_may_ask_for_nothing(token: Token, per_minute: int) -> None:
    with refused_by("token_per_minute_positive"):
        Token.objects.filter(pk=token.pk).update(per_minute=per_minute)


def test_two_customers_at_one_place_in_the_tree(world: World) -> None:
    with refused_by("customer_path_once"):
        Customer.objects.filter(pk=world.customer.pk).update(path=world.other_customer.path)


def test_customer_who_pays_in_an_unknown_way(world: World) -> None:
    with refused_by("customer_billing_mode"):
        Customer.objects.filter(pk=world.customer.pk).update(billing_mode="barter")


def test_vendor_with_an_unknown_way_to_claw_back(world: World) -> None:
    with refused_by("vendor_clawback_mode"):
        Vendor.objects.filter(pk=world.vendor.pk).update(clawback_mode="propotional")


def test_an_invitation_that_is_used_and_taken_back(world: World) -> None:
    made = invite(SYSTEM, email="mia@test.example", role_key="qa")
    with refused_by("invitation_ends_once"):
        Invitation.objects.filter(pk=made.invitation.pk).update(used_at=clock.now(), revoked_at=clock.now())


def test_a_second_installation(db: None) -> None:
    Installation.objects.create(name="Acme Calls")
    with refused_by("installation_is_one"):
        Installation.objects.create(singleton=False, name="Another")
