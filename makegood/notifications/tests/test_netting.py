"""What cancels inside one window is never told; outside it is."""

from __future__ import annotations

from makegood.notifications import selectors
from makegood.notifications.models import Digest
from makegood.notifications.tests.world import World, deliver, fold_all, minutes, sentences, waiting, who
from makegood.parties.models import User

END = minutes(240)


def test_submit_then_withdraw_tells_nobody(world: World, manager: User) -> None:
    dispute = world.submit()
    world.withdraw(dispute, at=minutes(10))
    deliver(END)
    assert (sentences(manager), waiting(manager)) == ([], [])
    assert list(Digest.objects.values_list("count", "flushed_at")) == [(0, END)]


def test_a_withdrawal_read_later_takes_back_too(world: World, manager: User) -> None:
    gone, kept = world.submit(), world.submit(origin="csr")
    fold_all()
    assert len(waiting(manager)) == 2
    world.withdraw(gone, at=minutes(10))
    deliver(END)
    assert sentences(manager) == ["1 new dispute filed for customers"]
    [card] = selectors.cards(who(manager))
    assert selectors.items_of(who(manager), digest_id=card.id).dispute_ids == (kept,)


def test_a_withdrawal_after_the_window_takes_nothing_back(world: World, manager: User) -> None:
    dispute = world.submit()
    world.withdraw(dispute, at=minutes(241))
    deliver(minutes(241))
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]


def test_a_withdrawal_after_delivery_opens_no_digest(world: World, manager: User) -> None:
    dispute = world.submit()
    deliver(END)
    world.withdraw(dispute, at=minutes(241))
    fold_all()
    assert (sentences(manager), waiting(manager)) == (["1 new dispute submitted by Buyers"], [])
    assert Digest.objects.count() == 1


def test_two_withdrawals_take_back_once(world: World, manager: User) -> None:
    gone, kept = world.submit(), world.submit()
    world.withdraw(gone, at=minutes(1))
    fold_all()
    world.withdraw(gone, at=minutes(2))
    deliver(END)
    [card] = selectors.cards(who(manager))
    assert selectors.items_of(who(manager), digest_id=card.id).dispute_ids == (kept,)


def test_decide_then_undo_tells_nobody(world: World, manager: User, buyer: User, vendor: User) -> None:
    facts: dict[str, object] = {
        "round": 1,
        "outcome": "accepted",
        "micros": 5,
        "charge_id": 9,
        "clawback_micros": 5,
    }
    world.write("dispute.decided", 1, facts, at=minutes(0))
    world.write("dispute.undone", 1, {"round": 1}, at=minutes(0))
    deliver(END)
    assert [sentences(one) for one in (manager, buyer, vendor)] == [[], [], []]
    assert Digest.objects.count() == 0


def test_a_credit_reversed_in_the_window_is_not_told_to_the_vendor(world: World, vendor: User, buyer: User) -> None:
    world.commit(1, clawback=13_333_333)
    world.commit(1, clawback=13_333_333, at=minutes(30), reverse=True)
    deliver(END)
    assert sentences(vendor) == []
    assert sentences(buyer) == ["1 dispute has been reviewed."]


def test_a_credit_reversed_in_part_is_told(world: World, vendor: User) -> None:
    world.commit(1, clawback=13_333_333)
    world.commit(1, clawback=13_333_332, at=minutes(30), reverse=True)
    deliver(END)
    assert sentences(vendor) == ["Call revenue for 1 call has been adjusted."]


def test_a_reversal_in_a_later_window_is_told_again(world: World, vendor: User) -> None:
    world.commit(1, clawback=30)
    world.commit(1, clawback=30, at=minutes(241), reverse=True)
    deliver(minutes(500))
    assert sentences(vendor) == ["Call revenue for 1 call has been adjusted."] * 2


def test_calls_do_not_cancel_each_other(world: World, vendor: User) -> None:
    world.commit(1, clawback=30)
    world.commit(2, clawback=30, reverse=True)
    deliver(END)
    assert sentences(vendor) == ["Call revenue for 2 calls has been adjusted."]


def test_two_credits_on_one_call_are_one_call(world: World, vendor: User, buyer: User) -> None:
    world.commit(1, clawback=10, charge=77)
    world.commit(1, clawback=20, charge=77, at=minutes(5))
    deliver(END)
    assert sentences(vendor) == ["Call revenue for 1 call has been adjusted."]
    assert sentences(buyer) == ["1 dispute has been reviewed."]
