"""The charge log pages by keys: every row once, forward and back, whatever shares a time."""

from __future__ import annotations

from datetime import timedelta

from makegood.billing.selectors import LogQuery, charge_log
from makegood.billing.selectors.charge_log import SIZE
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.world import World


def fill(world: World, rows: int) -> list[int]:
    """Charges in the order the log shows them; three share each time."""
    now = clock.now()
    made = []
    for place in range(rows):
        at = now - timedelta(minutes=place // 3)
        made.append(world.charge(occurred_at=at, received_at=at, billed_at=at))
    return [charge.pk for charge in sorted(made, key=lambda charge: (charge.occurred_at, charge.pk), reverse=True)]


def test_older_then_newer_shows_every_row_once(world: World, buyer: Principal) -> None:
    order = fill(world, 2 * SIZE + 7)
    first = charge_log(buyer, LogQuery()).page
    second = charge_log(buyer, LogQuery(after=first.after)).page
    third = charge_log(buyer, LogQuery(after=second.after)).page
    assert [row.id for page in (first, second, third) for row in page.rows] == order
    assert (first.before, third.after) == ("", "")
    back = charge_log(buyer, LogQuery(before=third.before)).page
    assert back.rows == second.rows
    assert charge_log(buyer, LogQuery(before=second.before)).page.rows == first.rows


def test_a_broken_mark_is_the_beginning(world: World, buyer: Principal) -> None:
    order = fill(world, 3)
    for mark in ("x", "e30", "bnVsbA", "WzFd", "....", "%00"):
        assert [row.id for row in charge_log(buyer, LogQuery(after=mark)).page.rows] == order


def test_others_calls_are_not_counted(world: World, buyer: Principal, other_buyer: Principal) -> None:
    fill(world, 4)
    assert charge_log(buyer, LogQuery()).count == 4
    assert charge_log(other_buyer, LogQuery()).count == 0


def test_ranges_begin_where_they_say(world: World, buyer: Principal) -> None:
    at = clock.now() - timedelta(days=5)
    world.charge(occurred_at=at, received_at=at, billed_at=at)
    assert charge_log(buyer, LogQuery(range="4d")).count == 0
    assert charge_log(buyer, LogQuery(range="7d")).count == 1
    assert charge_log(buyer, LogQuery(range="nonsense")).count == 1
