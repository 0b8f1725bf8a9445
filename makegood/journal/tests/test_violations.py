"""What the journal forbids, tried one by one: each test breaks one law and reads its name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.journal.models import Command, JournalEpoch, JournalEvent
from makegood.journal.operations import record
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from tests.refusals import refused_by, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> JournalEvent:
    record(SYSTEM, verb="create", event="test.created", object_kind="test", object_id=1)
    return JournalEvent.objects.get(object_kind="test")


def test_event_that_changes(event: JournalEvent) -> None:
    with refused_by("journal_append_only"):
        JournalEvent.objects.filter(pk=event.pk).update(verb="rewrite")


def test_event_that_goes(event: JournalEvent) -> None:
    with refused_by("journal_append_only"):
        run("DELETE FROM journal_event")


def test_journal_that_is_emptied(event: JournalEvent) -> None:
    with refused_by("journal_kept"):
        run("TRUNCATE journal_event")


def test_second_epoch_row() -> None:
    with refused_by("journal_one_epoch"):
        JournalEpoch.objects.create(singleton=False, epoch=2)


def command(principal: int, key: str) -> Command:
    expires_at = clock.now() + timedelta(days=1)
    return Command.objects.create(principal=principal, key=key, path="p", request_hash="h", expires_at=expires_at)


def test_same_key_of_the_same_principal_twice() -> None:
    command(1, "k")
    command(2, "k")
    with refused_by("command_once"):
        command(1, "k")
