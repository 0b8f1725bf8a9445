"""A message is told once: after a crash, after a restart, after the journal was read again."""

from __future__ import annotations

import pytest
from django.db import transaction

from makegood.journal import operations as journal
from makegood.journal.models import JournalCursor
from makegood.notifications.models import Digest, DigestItem
from makegood.notifications.operations import flush_due, fold
from makegood.notifications.tests.world import (
    World,
    deliver,
    fold_all,
    minutes,
    release_journal,
    sentences,
    waiting,
)
from makegood.parties.models import User

END = minutes(240)


def rewind() -> None:
    """Put the reader back to the start, as if its cursor had been lost."""
    JournalCursor.objects.all().delete()


def test_a_crash_between_fold_and_mark_gives_one_message(
    world: World, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.submit()
    release_journal()

    def crash(reader: str, last: journal.Event) -> None:
        raise ConnectionError("the server went away")

    with monkeypatch.context() as broken:
        broken.setattr(journal, "advance", crash)
        with pytest.raises(ConnectionError):
            fold()
    assert (Digest.objects.count(), DigestItem.objects.count()) == (0, 0)
    deliver(END)
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]


def test_a_crash_while_delivering_gives_one_message(world: World, manager: User) -> None:
    world.submit()
    fold_all()

    def flush_and_crash() -> None:
        with transaction.atomic():
            assert flush_due(now=END) == 1
            raise ConnectionError("the server went away")

    with pytest.raises(ConnectionError):
        flush_and_crash()
    assert sentences(manager) == []
    assert (flush_due(now=END), flush_due(now=END)) == (1, 0)
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]


def test_folding_twice_gives_one_message(world: World, manager: User, buyer: User, vendor: User) -> None:
    gone = world.submit()
    world.submit()
    world.withdraw(gone, at=minutes(1))
    world.commit(2, at=minutes(2), clawback=30)
    fold_all()
    items = DigestItem.objects.count()
    rewind()
    fold_all()
    assert DigestItem.objects.count() == items
    deliver(minutes(500))
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]
    assert sentences(buyer) == ["1 dispute has been reviewed."]
    assert sentences(vendor) == ["Call revenue for 1 call has been adjusted."]


def test_folding_again_after_delivery_tells_nothing(world: World, manager: User, vendor: User) -> None:
    world.withdraw(world.submit(), at=minutes(1))
    world.commit(2, clawback=30)
    deliver(END)
    told = sentences(manager), sentences(vendor)
    rewind()
    deliver(minutes(10_000))
    assert (sentences(manager), sentences(vendor)) == told == ([], ["Call revenue for 1 call has been adjusted."])
    assert (waiting(manager), waiting(vendor)) == ([], [])


def test_a_second_fold_reads_nothing(world: World, manager: User) -> None:
    world.submit()
    fold_all()
    assert fold() == 0
