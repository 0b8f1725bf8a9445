"""The bell and the e-mail each by its own window, and what follows when somebody changes their mind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makegood.notifications.entries import Book, Recipient, Wish
from makegood.notifications.models import Digest
from makegood.notifications.operations import mark_read, put_away, set_channel, set_wish
from makegood.notifications.policy import Delivery, parse_window
from makegood.notifications.selectors import cards, items_of, letters_of, letters_waiting, unread_count
from makegood.notifications.tests.test_entries import filed
from makegood.notifications.tests.world import World, deliver, fold_all, minutes, sentences, who
from makegood.parties.models import User

BOTH = Delivery(parse_window("4h"), by_email=True, mail_window=parse_window("daily 16:00"))


def letters(user: User) -> list[str]:
    """What waits to be mailed."""
    return [letter.subject for letter in letters_of(letters_waiting(who(user)))]


def wish(user: User, **wanted: Any) -> None:
    set_wish(who(user), wish=Wish(**{"template": "new", "window": "1h", "by_email": True, **wanted}))


def test_each_channel_gathers_by_its_own_window(world: World, manager: User) -> None:
    wish(manager, mail_window="daily 16:00")
    for minute in (0, 30, 120):
        world.submit(at=minutes(minute))
    deliver(minutes(181))
    assert sentences(manager) == ["1 new dispute submitted by Buyers", "2 new disputes submitted by Buyers"]
    assert letters(manager) == ["3 new disputes submitted by Buyers"]
    assert [digest.due_at for digest in letters_waiting(who(manager))] == [minutes(240)]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 5)), max_size=30))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_each_channel_tells_everything_once(steps: list[tuple[int, int]]) -> None:
    book, reader, at = Book([], set()), Recipient(1, "UTC"), 0
    for number, (later, dispute) in enumerate(steps):
        at += later
        for by_email, window in BOTH.channels:
            book.tell(filed(number, minutes(at), dispute), reader, window, by_email=by_email)
    for by_email in (True, False):
        told = [effect.event_id for page, effect in book.lines if page.by_email is by_email]
        assert told == list(range(len(steps)))
    assert all(page.opens_at <= effect.at <= page.due_at for page, effect in book.lines)


def test_turning_mail_on_puts_what_waits_into_a_letter_once(world: World, manager: User) -> None:
    world.submit()
    world.withdraw(world.submit(), at=minutes(1))
    fold_all()
    set_channel(who(manager), template="new", by_email=True)
    assert letters(manager) == ["1 new dispute submitted by Buyers"]
    wish(manager, window="4h", mail_window="15m")
    deliver(minutes(15))
    wish(manager, window="4h", mail_window="1h")
    assert (letters(manager), Digest.objects.filter(by_email=True).count()) == ([], 1)
    set_channel(who(manager), template="new", by_email=False)
    world.submit(at=minutes(20))
    deliver(minutes(240))
    assert sentences(manager) == ["2 new disputes submitted by Buyers"]


def test_turning_mail_off_drops_the_letter_and_keeps_the_card(world: World, manager: User) -> None:
    wish(manager)
    world.submit()
    fold_all()
    set_channel(who(manager), template="new", by_email=False)
    assert (letters(manager), Digest.objects.filter(by_email=True).exists()) == ([], False)
    deliver(minutes(60))
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]


def test_the_bell_off_and_a_letter_each_day(world: World, manager: User) -> None:
    wish(manager, window="off", mail_window="daily 16:00")
    world.submit()
    deliver(minutes(239))
    assert (sentences(manager), letters(manager)) == ([], ["1 new dispute submitted by Buyers"])


@pytest.mark.parametrize(
    ("window", "left"), [("1h", "2 new disputes submitted by Buyers"), ("15m", "1 new dispute submitted by Buyers")]
)
def test_who_opens_a_letter_has_read_the_cards_it_covers(window: str, left: str, world: World, manager: User) -> None:
    wish(manager, window=window, mail_window="2h")
    first = world.submit()
    deliver(minutes(60))
    second = world.submit(at=minutes(100))
    deliver(minutes(120))
    [letter] = Digest.objects.filter(by_email=True, flushed_at__isnull=False)
    world.submit(at=minutes(130))
    deliver(minutes(300))
    assert items_of(who(manager), digest_id=letter.pk).dispute_ids == (first, second)
    assert mark_read(who(manager), digest_ids=[letter.pk])[0].ok
    assert [card.text for card in cards(who(manager), unread=True)] == [left]


def test_what_is_done_is_read_and_put_away(world: World, manager: User) -> None:
    world.submit()
    deliver(minutes(240))
    [card] = cards(who(manager), done=False)
    assert put_away(who(manager), digest_ids=[card.id])[0].ok
    assert (cards(who(manager), done=False), unread_count(who(manager))) == ([], 0)
    assert [kept.id for kept in cards(who(manager), done=True)] == [card.id]


def test_nobody_puts_away_what_is_not_theirs(world: World, manager: User) -> None:
    world.submit()
    deliver(minutes(240))
    [card] = cards(who(manager))
    [answer] = put_away(who(world.person("other", "manager")), digest_ids=[card.id])
    assert (answer.ok, answer.code) == (False, "NOT_FOUND")
    assert unread_count(who(manager)) == 1
