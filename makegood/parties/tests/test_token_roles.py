"""The migration that brings the permissions of the web service to installations that are older, and takes them away."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from makegood.parties.entries import SYSTEM
from makegood.parties.models import Role
from makegood.parties.operations import add_user
from makegood.parties.states import ROLES, RoleKey
from tests.refusals import unchanged
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

MIGRATION = import_module("makegood.parties.migrations.0007_token_roles")
BROUGHT = {"dispute.edit", "dispute.close", "customer.view", "token.manage", "webhook.manage"}


def roles() -> dict[str, set[str]]:
    return {role.key: set(role.verbs) for role in Role.objects.all()}


def give() -> None:
    with connection.schema_editor() as editor:
        MIGRATION.grant(apps, editor)


def take() -> None:
    with connection.schema_editor() as editor:
        MIGRATION.revoke(apps, editor)


def test_an_older_installation_ends_with_the_roles_of_a_new_one() -> None:
    new = roles()
    assert new == {key.value: set(verbs) for key, (_, verbs) in ROLES.items()}
    take()
    older = roles()
    assert older == {key: verbs - BROUGHT for key, verbs in new.items() if key != RoleKey.BILLING}
    give()
    assert roles() == new
    assert Role.objects.get(key="billing").name == ROLES[RoleKey.BILLING][0]


def test_given_twice_it_changes_nothing() -> None:
    with unchanged():
        give()


def test_what_an_operator_granted_or_took_stays() -> None:
    take()
    Role.objects.filter(key="csr").update(verbs=["charge.view", "dispute.reopen"])
    give()
    assert roles()["csr"] == {"charge.view", "dispute.reopen", "dispute.edit", "customer.view"}
    take()
    assert roles()["csr"] == {"charge.view", "dispute.reopen"}


def test_a_role_that_people_have_is_not_taken_away() -> None:
    add_user(SYSTEM, email="b@desk.example", password=PASSWORD, role_key="billing")
    take()
    assert "billing" in roles()
