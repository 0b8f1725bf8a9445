"""What migrations brought is there for every test, whatever emptied the tables before it."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from makegood.journal.models import JournalEpoch
from makegood.parties.models import Role
from makegood.parties.states import ROLES
from tests.refusals import run, snapshot
from tests.world import restore_migrated_rows

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
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_that_commits_starts_with_it_too(time: str) -> None:
    before = brought()
    assert filled() == BROUGHT
    call_command("flush", interactive=False, verbosity=0)
    assert filled() == set()
    restore_migrated_rows()
    assert brought() == before
