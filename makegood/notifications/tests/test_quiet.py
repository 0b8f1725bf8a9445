"""Quiet hours: a plain reading of the wall clock minute by minute, and what waits, is gathered and is never told."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from hypothesis import given
from hypothesis import strategies as st

from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.notifications.entries import QuietWish, Recipient
from makegood.notifications.errors import QuietDaysMissing, QuietHoursEmpty
from makegood.notifications.models import Digest, QuietHours
from makegood.notifications.operations import (
    deliver_now,
    flush_due,
    fold,
    mail_due,
    set_channel,
    set_preference,
    set_quiet_hours,
)
from makegood.notifications.policy import EVERY_DAY, Quiet, Window, parse_window
from makegood.notifications.selectors.letters import Letter
from makegood.notifications.states import Template
from makegood.notifications.tests.world import (
    World,
    deliver,
    fold_all,
    minutes,
    release_journal,
    sentences,
    waiting,
    who,
)
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import NotFound
from makegood.parties.models import User
from tests.refusals import unchanged

MINUTE = timedelta(minutes=1)
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "UTC")
TURNS = (  # the clock is put forward or back somewhere in the two days after each
    datetime(2026, 3, 8, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC),
    datetime(2026, 10, 3, tzinfo=UTC),
)
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59]))


def is_quiet(begins: time, ends: time, days: frozenset[int], local: datetime) -> bool:
    """The hours as somebody would read them off a clock and a calendar."""
    now, today = local.time(), local.weekday()
    if begins < ends:
        return today in days and begins <= now < ends
    return (today in days and now >= begins) or ((today + 6) % 7 in days and now < ends)


@given(
    CLOCKS,
    CLOCKS,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from(ZONES),
    st.sampled_from(TURNS),
    st.integers(0, 2 * 1440),
)
def test_nothing_is_told_while_the_clock_shows_a_quiet_time_and_no_minute_longer(
    begins: time, ends: time, days: frozenset[int], zone: str, turn: datetime, minute: int
) -> None:
    if begins == ends:
        return
    quiet, at = Quiet.checked(begins, ends, days, zone), turn + minute * MINUTE
    expected = at
    while is_quiet(begins, ends, days, expected.astimezone(ZoneInfo(zone))):
        expected += MINUTE
    assert quiet.until(at) == expected
    assert quiet.holds(at) == (expected != at)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2026, 3, 8, 6, 0, tzinfo=UTC), datetime(2026, 3, 8, 11, 0, tzinfo=UTC)),  # a night of 8 hours
        (datetime(2026, 11, 1, 4, 0, tzinfo=UTC), datetime(2026, 11, 1, 12, 0, tzinfo=UTC)),  # one of 10 hours
        (datetime(2026, 11, 2, 4, 0, tzinfo=UTC), datetime(2026, 11, 2, 12, 0, tzinfo=UTC)),
    ],
)
def test_days_of_23_and_25_hours(at: datetime, until: datetime) -> None:
    assert Quiet.checked(time(22), time(7), EVERY_DAY, "America/New_York").until(at) == until


@given(st.sampled_from(TURNS), st.integers(0, 3 * 1440), CLOCKS, st.sampled_from(ZONES))
def test_a_daily_message_is_due_after_it_began_and_when_the_clock_says_so(
    turn: datetime, minute: int, at: time, zone: str
) -> None:
    opens_at = turn + minute * MINUTE
    due = Window("daily", at=at).due(opens_at, zone)
    assert opens_at < due <= opens_at + timedelta(hours=26)
    shown = due.astimezone(ZoneInfo(zone)).time()
    assert shown == at or (due - timedelta(hours=2)).astimezone(ZoneInfo(zone)).time() < at


@given(st.integers(0, 2 * 1440), st.sampled_from(["immediate", "15m", "4h", "daily 03:00", "daily 12:00"]))
def test_nothing_is_ever_due_inside_quiet_hours(minute: int, window: str) -> None:
    quiet = Quiet.checked(time(22), time(7), EVERY_DAY, "America/New_York")
    due = Recipient(1, quiet.zone, quiet).due(parse_window(window), minutes(minute), Template.NEW)
    assert not quiet.holds(due)


NIGHT = QuietWish(time(11, 30), time(15), EVERY_DAY)
"""Around the noon of the tests, in UTC, where its people live."""


def quieten(user: User, wish: QuietWish | None = NIGHT) -> None:
    with clock.frozen(minutes(-60)):
        set_quiet_hours(who(user), wish=wish)


def told_at(minute: int, user: User) -> list[str]:
    deliver(minutes(minute))
    return sentences(user)


@pytest.mark.parametrize("window", ["immediate", "15m", "1h"])
def test_what_happens_in_quiet_hours_is_gathered_and_told_when_they_end(
    window: str, world: World, manager: User
) -> None:
    set_preference(who(manager), template="new", window=window)
    quieten(manager)
    for minute in (0, 20, 100):
        world.submit(at=minutes(minute))
    assert told_at(179, manager) == []
    assert waiting(manager) == ["3 new disputes submitted by Buyers"]
    assert told_at(180, manager) == ["3 new disputes submitted by Buyers"]


def test_what_is_taken_back_before_they_end_is_not_told(world: World, manager: User, vendor: User) -> None:
    set_preference(who(manager), template="new", window="immediate")
    set_preference(who(vendor), template="vendor_revenue", window="immediate")
    for user in (manager, vendor):
        quieten(user)
    dispute = world.submit(at=minutes(0))
    world.commit(7, at=minutes(1), clawback=30)
    deliver(minutes(60))
    world.withdraw(dispute, at=minutes(120))
    world.commit(7, at=minutes(121), clawback=30, reverse=True)
    assert (told_at(180, manager), told_at(180, vendor)) == ([], [])


def test_fifty_items_wait_too(world: World, manager: User) -> None:
    quieten(manager)
    for _ in range(50):
        world.submit()
    assert told_at(10, manager) == []
    assert told_at(180, manager) == ["50 new disputes submitted by Buyers"]


def test_a_worker_that_comes_back_in_the_night_tells_nothing(world: World, manager: User) -> None:
    quieten(manager)
    world.submit(at=minutes(-300))  # due a quarter of an hour before quiet hours begin
    world.submit(at=minutes(-40))
    release_journal()
    with clock.frozen(minutes(30)):
        while fold(limit=1):
            pass
        flush_due()
    assert sentences(manager) == []
    assert waiting(manager) == ["2 new disputes submitted by Buyers"]
    assert told_at(180, manager) == ["2 new disputes submitted by Buyers"]


def test_urgent_messages_come_through_for_who_lets_them(world: World, manager: User, buyer: User) -> None:
    quieten(manager, QuietWish(time(11, 30), time(15), EVERY_DAY, lets_urgent=True))
    quieten(buyer, QuietWish(time(11, 30), time(15), EVERY_DAY, lets_urgent=True))
    world.write("dispute.sla_breached", 1, {"label": "D-1", "clock": "decision", "assignee": manager.pk}, at=minutes(0))
    facts = {"label": "D-1", "question": "Which line?", "submitted_by": buyer.pk}
    world.write("dispute.info_requested", 1, facts, at=minutes(0))
    world.submit(at=minutes(0))
    assert told_at(1, manager) == ["The decision on D-1 is overdue."]
    assert told_at(1, buyer) == []


def test_setting_and_ending_them_moves_what_waits(world: World, manager: User) -> None:
    set_preference(who(manager), template="new", window="1h")
    world.submit()
    with clock.frozen(minutes(0)):
        fold_all()
    dues = Digest.objects.values_list("due_at", flat=True)
    quieten(manager)
    assert list(dues.all()) == [minutes(180)]
    quieten(manager, None)
    assert (list(dues.all()), QuietHours.objects.count()) == ([minutes(60)], 0)
    rows = JournalEvent.objects.filter(event="notifications.quieted").order_by("id")
    assert [(row.changes["before"] is None, row.changes["after"] is None) for row in rows] == [
        (True, False),
        (False, True),
    ]


def test_who_asks_is_told_in_quiet_hours_and_mail_waits(world: World, manager: User) -> None:
    set_channel(who(manager), template="new", by_email=True)
    quieten(manager)
    world.submit()
    with clock.frozen(minutes(1)):
        fold_all()
    sent: list[str] = []

    def compose(letter: Letter) -> EmailMessage:
        sent.append(letter.subject)
        return EmailMessage(letter.subject, "", to=[letter.to])

    with clock.frozen(minutes(5)):
        assert len(deliver_now(who(manager))) == 1
        assert (sentences(manager), mail_due(compose), sent) == (["1 new dispute submitted by Buyers"], 0, [])
    with clock.frozen(minutes(180)):
        assert mail_due(compose) == 1
    assert sent == ["1 new dispute submitted by Buyers"]


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        (QuietWish(time(22), time(22), EVERY_DAY), QuietHoursEmpty),
        (QuietWish(time(22), time(7), frozenset()), QuietDaysMissing),
        (QuietWish(time(22), time(7), frozenset({7})), QuietDaysMissing),
    ],
)
def test_hours_that_are_none_are_refused(
    wish: QuietWish, refusal: type[QuietHoursEmpty] | type[QuietDaysMissing], manager: User
) -> None:
    with unchanged(), pytest.raises(refusal) as refused:
        set_quiet_hours(who(manager), wish=wish)
    assert refused.value.status == 422


def test_the_system_has_no_quiet_hours(world: World) -> None:
    with pytest.raises(NotFound):
        set_quiet_hours(SYSTEM, wish=NIGHT)
