"""Delivering at once, reading, and what a person sees of their own messages."""

from __future__ import annotations

import pytest

from makegood.kernel import clock
from makegood.notifications import selectors
from makegood.notifications.models import Digest
from makegood.notifications.operations import deliver_now, flush_due, mark_read
from makegood.notifications.states import Template
from makegood.notifications.tests.world import World, deliver, fold_all, minutes, sentences, waiting, who
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import NotFound
from makegood.parties.models import User

END = minutes(240)


def test_deliver_now_delivers_ones_own_at_once(world: World, manager: User, buyer: User) -> None:
    world.submit()
    world.commit(2)
    fold_all()
    [answer] = deliver_now(who(manager))
    assert (answer.ok, answer.data) == (True, {"count": 1})
    assert (sentences(manager), waiting(manager)) == (["1 new dispute submitted by Buyers"], [])
    assert (sentences(buyer), waiting(buyer)) == ([], ["1 dispute has been reviewed."])


def test_deliver_now_leaves_what_tells_of_nothing(world: World, manager: User) -> None:
    world.withdraw(world.submit())
    fold_all()
    assert deliver_now(who(manager)) == []
    assert Digest.objects.get().flushed_at is None


def test_what_comes_after_goes_into_the_next_message(world: World, manager: User) -> None:
    world.submit()
    fold_all()
    deliver_now(who(manager))
    world.submit(at=minutes(5))
    fold_all()
    assert waiting(manager) == ["1 new dispute submitted by Buyers"]
    assert Digest.objects.get(flushed_at__isnull=True).opens_at == minutes(5)


def test_flush_due_goes_by_the_one_clock(world: World, manager: User) -> None:
    world.submit()
    fold_all()
    with clock.frozen(minutes(239)):
        assert flush_due() == 0
    with clock.frozen(END):
        assert flush_due() == 1


def test_reading_marks_once(world: World, manager: User) -> None:
    world.submit()
    deliver(END)
    [card] = selectors.cards(who(manager))
    assert card.is_unread
    for minute in (300, 400):
        with clock.frozen(minutes(minute)):
            [answer] = mark_read(who(manager), digest_ids=[card.id])
        assert (answer.ok, answer.id) == (True, card.id)
    [card] = selectors.cards(who(manager))
    assert (card.read_at, card.is_unread) == (minutes(300), False)
    assert selectors.unread_count(who(manager)) == 0
    assert selectors.cards(who(manager), unread=True) == []


def test_somebody_elses_message_is_not_found(world: World, manager: User, buyer: User) -> None:
    world.submit()
    world.commit(2)
    deliver(END)
    [own], [foreign] = selectors.cards(who(buyer)), selectors.cards(who(manager))
    first, second, third = mark_read(who(buyer), digest_ids=[foreign.id, own.id, 0])
    assert [first.code, second.code, third.code] == ["NOT_FOUND", "", "NOT_FOUND"]
    assert first.message == "Not found, or not yours."
    assert selectors.unread_count(who(manager)) == 1
    with pytest.raises(NotFound):
        selectors.items_of(who(buyer), digest_id=foreign.id)
    with pytest.raises(NotFound):
        selectors.cards(who(buyer), after=foreign.id)


@pytest.mark.parametrize("number", [-1, 10**30])
def test_a_number_that_cannot_be_is_not_found(manager: User, number: int) -> None:
    assert [answer.code for answer in mark_read(who(manager), digest_ids=[number])] == ["NOT_FOUND"]
    with pytest.raises(NotFound):
        selectors.items_of(who(manager), digest_id=number)
    with pytest.raises(NotFound):
        selectors.cards(who(manager), after=number)


def test_a_waiting_message_cannot_be_read(world: World, manager: User) -> None:
    world.submit()
    fold_all()
    digest = Digest.objects.get()
    assert [answer.code for answer in mark_read(who(manager), digest_ids=[digest.pk])] == ["NOT_FOUND"]


def test_a_message_that_tells_of_nothing_is_not_found(world: World, manager: User) -> None:
    world.withdraw(world.submit())
    deliver(END)
    digest = Digest.objects.get()
    with pytest.raises(NotFound):
        selectors.items_of(who(manager), digest_id=digest.pk)
    assert [answer.code for answer in mark_read(who(manager), digest_ids=[digest.pk])] == ["NOT_FOUND"]


def test_the_link_lists_the_same_items(world: World, manager: User, buyer: User, vendor: User) -> None:
    kept, gone, other = world.submit(), world.submit(), world.submit()
    world.withdraw(gone)
    world.commit(kept, clawback=30)
    world.commit(other, clawback=30)
    world.commit(other, clawback=30, reverse=True)
    deliver(END)
    lists = {}
    for user in (manager, buyer, vendor):
        for card in selectors.cards(who(user)):
            items = selectors.items_of(who(user), digest_id=card.id)
            lists[card.template] = (card.count, items.dispute_ids, items.charge_ids)
    assert lists == {
        Template.MONEY_MOVED: (1, (other,), (other + 1000,)),
        Template.NEW: (2, (kept, other), (kept + 1000, other + 1000)),
        Template.REVIEWED: (2, (kept, other), (kept + 1000, other + 1000)),
        Template.VENDOR_REVENUE: (1, (kept,), (kept + 1000,)),
    }


def test_cards_come_latest_first_in_pages(world: World, manager: User) -> None:
    for day in range(5):
        world.submit(at=minutes(day * 1440))
        deliver(minutes(day * 1440 + 240))
    pages: list[list[int]] = [[]]
    after = None
    while page := selectors.cards(who(manager), limit=2, after=after):
        pages.append([card.id for card in page])
        after = page[-1].id
    ids = [pk for page in pages for pk in page]
    assert [len(page) for page in pages[1:]] == [2, 2, 1]
    assert ids == [card.id for card in selectors.cards(who(manager))]
    delivered = [card.delivered_at for card in selectors.cards(who(manager))]
    assert delivered == [minutes(day * 1440 + 240) for day in (4, 3, 2, 1, 0)]


def test_the_system_has_no_messages(world: World, manager: User) -> None:
    world.submit()
    deliver(END)
    assert selectors.cards(SYSTEM) == []
    assert selectors.bell(SYSTEM) == selectors.Bell(unread=0, waiting=())
    assert deliver_now(SYSTEM) == []
