"""What migrations brought is there for every test, whatever emptied the tables before it."""

from __future__ import annotations

import pytest

from makegood.journal.models import JournalEpoch
from makegood.parties.models import Role
from makegood.parties.states import ROLES
from tests.refusals import run, snapshot
from tests.standing import Beginning
from tests.world import build_world

BROUGHT = {"journal_epoch", "parties_role"}


def filled() -> set[str]:
    return {table for table, (count, _) in snapshot().items() if count}


def brought() -> tuple[dict[str, list[str]], list[tuple[int, int]]]:
    """Roles with their verbs; epochs with the server they belong to."""
    roles = {role.key: sorted(role.verbs) for role in Role.objects.all()}
    return roles, list(JournalEpoch.objects.values_list("epoch", "system_identifier"))


@pytest.mark.django_db
def test_a_test_starts_with_what_migrations_brought() -> None:
    ((server,),) = run("SELECT system_identifier FROM pg_control_system()")
    assert filled() == BROUGHT
    assert brought() == ({role: sorted(verbs) for role, (_, verbs) in ROLES.items()}, [(1, server)])


@pytest.mark.django_db(transaction=True)
def test_after_a_test_that_commits_it_is_there_again(django_db_setup: Beginning) -> None:
    before = brought()
    build_world()
    Role.objects.filter(key="qa").delete()
    Role.objects.update(verbs=[])
    JournalEpoch.objects.update(epoch=7)
    assert filled() > BROUGHT
    django_db_setup.return_to()
    assert filled() == BROUGHT
    assert brought() == before
