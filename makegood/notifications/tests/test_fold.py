"""Folding the journal: who is told what, in which words, after which window."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.notifications import selectors
from makegood.notifications.models import Digest
from makegood.notifications.operations import set_preference
from makegood.notifications.tests.world import World, deliver, fold_all, minutes, sentences, waiting, who
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM
from makegood.parties.models import User

AFTER_FOUR_HOURS = minutes(240)


def test_managers_are_told_of_three_new_disputes(world: World, manager: User) -> None:
    for minute in (0, 5, 100):
        world.submit(at=minutes(minute))
    deliver(AFTER_FOUR_HOURS)
    assert sentences(manager) == ["3 new disputes submitted by Buyers"]


def test_managers_are_told_of_one_new_dispute(world: World, manager: User) -> None:
    world.submit()
    deliver(AFTER_FOUR_HOURS)
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]


def test_buyers_are_told_of_reviewed_disputes(world: World, buyer: User) -> None:
    world.commit(1)
    world.commit(2, at=minutes(1))
    deliver(AFTER_FOUR_HOURS)
    assert sentences(buyer) == ["2 disputes have been reviewed."]


def test_buyers_are_told_of_one_reviewed_dispute(world: World, buyer: User) -> None:
    world.commit(1)
    deliver(AFTER_FOUR_HOURS)
    assert sentences(buyer) == ["1 dispute has been reviewed."]


def test_vendors_are_told_of_adjusted_calls(world: World, vendor: User) -> None:
    world.commit(1, clawback=30_000_000)
    world.commit(2, clawback=1)
    deliver(AFTER_FOUR_HOURS)
    assert sentences(vendor) == ["Call revenue for 2 calls has been adjusted."]


def test_vendors_are_told_of_one_adjusted_call(world: World, vendor: User) -> None:
    world.commit(1, clawback=30_000_000)
    deliver(AFTER_FOUR_HOURS)
    assert sentences(vendor) == ["Call revenue for 1 call has been adjusted."]


def test_a_vendor_without_clawback_is_not_told(world: World, vendor: User, buyer: User) -> None:
    world.commit(1, clawback=0)
    deliver(AFTER_FOUR_HOURS)
    assert sentences(vendor) == []
    assert sentences(buyer) == ["1 dispute has been reviewed."]


def test_only_submissions_of_buyers_are_called_so(world: World, manager: User) -> None:
    for origin in ("buyer", "csr", "api", "import", "qa_proactive"):
        world.submit(origin=origin)
    deliver(AFTER_FOUR_HOURS)
    assert sorted(sentences(manager)) == [
        "1 new dispute submitted by Buyers",
        "3 new disputes filed for customers",
    ]


def test_nobody_is_told_what_concerns_others(world: World, manager: User, buyer: User, vendor: User, csr: User) -> None:
    world.submit()
    deliver(AFTER_FOUR_HOURS)
    assert [sentences(one) for one in (buyer, vendor, csr)] == [[], [], []]
    world.commit(1, at=minutes(1), clawback=5)
    deliver(AFTER_FOUR_HOURS + timedelta(minutes=1))
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]
    assert sentences(csr) == []


def test_a_digest_waits_for_the_end_of_its_window(world: World, manager: User) -> None:
    world.submit()
    deliver(minutes(239))
    bell = selectors.bell(who(manager))
    assert sentences(manager) == []
    assert (bell.unread, waiting(manager)) == (0, ["1 new dispute submitted by Buyers"])
    assert bell.next_at == AFTER_FOUR_HOURS
    deliver(AFTER_FOUR_HOURS)
    assert (selectors.bell(who(manager)).unread, waiting(manager)) == (1, [])


def test_the_program_sets_the_window(world: World, manager: User) -> None:
    parties.change_settings(SYSTEM, program=world.program, settings={"notify": {"manager": {"digest": "15m"}}})
    world.submit()
    deliver(minutes(14))
    assert sentences(manager) == []
    deliver(minutes(15))
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]


def test_the_person_sets_the_window_above_the_program(world: World, manager: User) -> None:
    set_preference(who(manager), template="new", window="1h")
    world.submit()
    deliver(minutes(59))
    assert sentences(manager) == []
    deliver(minutes(60))
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]


def test_immediate_tells_at_the_next_poll(world: World, manager: User) -> None:
    set_preference(who(manager), template="new", window="immediate")
    world.submit(at=minutes(0))
    world.submit(at=minutes(1))
    deliver(minutes(1))
    assert sentences(manager) == ["1 new dispute submitted by Buyers"] * 2


def test_off_tells_nothing(world: World, manager: User) -> None:
    set_preference(who(manager), template="new", window="off")
    world.submit()
    deliver(AFTER_FOUR_HOURS)
    assert (sentences(manager), Digest.objects.count()) == ([], 0)


def test_a_window_ends_where_it_ends_however_late_the_journal_is_read(world: World, manager: User) -> None:
    for minute in (0, 240, 241, 500):
        world.submit(at=minutes(minute))
    deliver(minutes(10_000))
    assert sorted(sentences(manager)) == [
        "1 new dispute submitted by Buyers",
        "1 new dispute submitted by Buyers",
        "2 new disputes submitted by Buyers",
    ]


def test_programs_with_one_window_share_a_message(world: World, manager: User) -> None:
    second = parties.create_program(SYSTEM, key="second", name="Second", preset="call_marketplace", settings={})
    world.submit()
    world.submit(program=second)
    deliver(AFTER_FOUR_HOURS)
    assert sentences(manager) == ["2 new disputes submitted by Buyers"]


def test_programs_with_different_windows_do_not(world: World, manager: User) -> None:
    settings = {"notify": {"manager": {"digest": "1h"}}}
    second = parties.create_program(SYSTEM, key="second", name="Second", preset="call_marketplace", settings=settings)
    world.submit()
    world.submit(program=second)
    deliver(minutes(60))
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]
    assert waiting(manager) == ["1 new dispute submitted by Buyers"]


def test_fifty_items_are_told_early_in_one_message(world: World, manager: User) -> None:
    for _ in range(49):
        world.submit()
    deliver(minutes(1))
    assert sentences(manager) == []
    for _ in range(11):
        world.submit(at=minutes(1))
    deliver(minutes(2))
    assert sentences(manager) == ["60 new disputes submitted by Buyers"]


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_the_size_of_a_batch_does_not_matter(world: World, manager: User, batch: int) -> None:
    kept, gone = world.submit(), world.submit()
    world.withdraw(gone, at=minutes(2))
    world.submit(at=minutes(300))
    fold_all(batch)
    deliver(AFTER_FOUR_HOURS)
    [card] = selectors.cards(who(manager))
    assert selectors.items_of(who(manager), digest_id=card.id).dispute_ids == (kept,)
    assert waiting(manager) == ["1 new dispute submitted by Buyers"]


def test_an_event_of_something_else_is_passed_over(world: World, manager: User) -> None:
    world.write("dispute.claimed", 1, {}, at=minutes(0))
    world.write("charges.imported", 1, {"rows": 3}, at=minutes(0))
    fold_all()
    assert Digest.objects.count() == 0
