"""What nobody granted is nothing; no limit is said, and an installation that is there keeps what it had."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Role, Token, User
from makegood.parties.operations import create_token, set_role
from makegood.parties.operations.people import checked_limits
from makegood.parties.policy import alone_micros, is_unlimited, without_limit
from makegood.parties.selectors import principal_of
from makegood.parties.selectors.signing_in import sign_in
from makegood.parties.states import DECIDES_ANY_AMOUNT, Dimension, Verb
from tests.world import World

MIGRATION = import_module("makegood.parties.migrations.0013_authority")
NO_LIMIT = without_limit()


@pytest.mark.parametrize(
    ("limits", "dollars"),
    [({}, 0), ({"EUR": 5}, 0), ({"USD": 0}, 0), ({"USD": 5}, 5), (NO_LIMIT, None), ({**NO_LIMIT, "USD": 7}, 7)],
)
def test_the_most_of_a_currency(limits: dict[str, int], dollars: int | None) -> None:
    assert alone_micros(limits, "USD") == dollars
    person = Principal(1, "Mia", "manager", max_decision_micros=limits)
    assert (person.alone("USD"), person.has_limit) == (dollars, not is_unlimited(limits))
    assert replace(person, verbs=frozenset({Verb.DISPUTE_DECIDE_OVER_LIMIT})).alone("USD") is None
    assert SYSTEM.alone("USD") is None


def test_what_an_installation_starts_with(world: World) -> None:
    kept = {role.key: role.max_decision_micros for role in Role.objects.all()}
    assert kept == {key: NO_LIMIT if key in DECIDES_ANY_AMOUNT else {} for key in kept}
    assert world.person("qa").alone("USD") == 0
    assert world.person("manager").alone("USD") is None
    assert checked_limits(without_limit()) == NO_LIMIT


def test_a_new_role_credits_nothing_alone_until_it_is_said(world: World) -> None:
    admin = world.person("admin")
    role = set_role(admin, name="Night desk", verbs=["dispute.view", "dispute.decide"], max_decision_micros={})
    person = world.person("manager", "night")
    User.objects.filter(pk=person.id or 0).update(role=role)
    assert principal_of(User.objects.get(pk=person.id or 0)).alone("USD") == 0


def test_a_token_of_nobody_has_the_authority_that_its_scopes_say(world: World) -> None:
    scopes = [Verb.DISPUTE_VIEW, Verb.DISPUTE_DECIDE]
    for over, dollars in ((False, 0), (True, None)):
        wanted = [*scopes, Verb.DISPUTE_DECIDE_OVER_LIMIT] if over else scopes
        made = create_token(SYSTEM, name=f"feed {over}", scopes=wanted, grants=[(Dimension.ALL, "")])
        signed = sign_in(made.secret)
        assert signed is not None
        assert signed.principal.alone("USD") == dollars


def test_what_is_there_keeps_its_authority_and_says_so(world: World) -> None:
    manager, qa = world.person("manager"), world.person("qa")
    buyer = Role.objects.get(key="buyer")
    Role.objects.all().update(max_decision_micros={})
    Role.objects.filter(key="billing").update(max_decision_micros={"USD": 5})
    User.objects.filter(pk=qa.id or 0).update(max_decision_micros={})
    made = create_token(SYSTEM, name="feed", scopes=["dispute.view", "dispute.decide"], grants=[(Dimension.ALL, "")])
    with connection.schema_editor() as editor:
        MIGRATION.say_it(apps, editor)
    kept = {role.key: role.max_decision_micros for role in Role.objects.all()}
    assert (kept["manager"], kept["qa"], kept["billing"], kept["buyer"]) == (NO_LIMIT, NO_LIMIT, {"USD": 5}, {})
    assert principal_of(User.objects.get(pk=manager.id or 0)).alone("USD") is None
    assert User.objects.get(pk=qa.id or 0).max_decision_micros == NO_LIMIT
    assert Verb.DISPUTE_DECIDE_OVER_LIMIT in Token.objects.get(name="feed").scopes
    assert sign_in(made.secret) is not None
    with connection.schema_editor() as editor:
        MIGRATION.imply_it(apps, editor)
    back = {role.key: role.max_decision_micros for role in Role.objects.all()}
    assert back == {key: {"USD": 5} if key == "billing" else {} for key in kept}
    assert buyer.max_decision_micros == {}


def test_quality_assurance_that_nobody_has_starts_with_nothing(world: World) -> None:
    Role.objects.all().update(max_decision_micros={})
    with connection.schema_editor() as editor:
        MIGRATION.say_it(apps, editor)
    assert Role.objects.get(key="qa").max_decision_micros == {}
