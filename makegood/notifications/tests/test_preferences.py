"""How often a person wants a message."""

from __future__ import annotations

from datetime import datetime

import pytest

from makegood.journal.models import JournalEvent
from makegood.notifications import selectors
from makegood.notifications.errors import BadWindow, UnknownTemplate
from makegood.notifications.models import Digest, Preference
from makegood.notifications.operations import set_preference
from makegood.notifications.tests.world import World, deliver, fold_all, minutes, sentences, waiting, who
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import NotFound
from makegood.parties.models import User

MESSAGES = (
    "new, new_by_others, flagged, reviewed, letter, vendor_revenue, money_moved, reopened, reopened_own, info,"
    " answered, sla, closed, alarm, webhook, to_sign, not_signed, assigned, escalated, followed"
)


def dues() -> list[tuple[str, datetime]]:
    return list(Digest.objects.filter(flushed_at__isnull=True).values_list("window", "due_at"))


def test_a_preference_is_stored_in_its_one_spelling(manager: User) -> None:
    assert set_preference(who(manager), template="new", window="60M") == "1h"
    assert list(Preference.objects.values_list("user", "template", "window")) == [(manager.pk, "new", "1h")]


def test_a_preference_is_journaled_once_per_change(manager: User) -> None:
    for window in ("1h", "1h", "off", None, None):
        set_preference(who(manager), template="new", window=window)
    rows = JournalEvent.objects.filter(event="notifications.preferred").order_by("id")
    assert [(row.changes["before"], row.changes["after"]) for row in rows] == [
        (None, "1h"),
        ("1h", "off"),
        ("off", None),
    ]
    assert not Preference.objects.exists()


def test_what_is_no_window_is_refused(manager: User) -> None:
    with pytest.raises(BadWindow) as refusal:
        set_preference(who(manager), template="new", window="sometimes")
    assert refusal.value.status == 422
    assert not Preference.objects.exists()
    assert not JournalEvent.objects.filter(event="notifications.preferred").exists()


def test_what_is_no_message_is_refused(manager: User) -> None:
    with pytest.raises(UnknownTemplate) as refusal:
        set_preference(who(manager), template="gossip", window="1h")
    assert refusal.value.message == f'There is no message called "gossip". The messages are: {MESSAGES}.'
    assert not Preference.objects.exists()


def test_the_system_has_no_preferences(world: World) -> None:
    with pytest.raises(NotFound):
        set_preference(SYSTEM, template="new", window="1h")


def test_what_waits_moves_to_the_new_window(world: World, manager: User) -> None:
    second = parties.create_program(
        SYSTEM,
        key="second",
        name="Second",
        preset="call_marketplace",
        settings={"notify": {"manager": {"digest": "2h"}}},
    )
    world.submit(at=minutes(0))
    world.submit(at=minutes(30), program=second)
    fold_all()
    assert sorted(dues()) == [("2h", minutes(150)), ("4h", minutes(240))]
    set_preference(who(manager), template="new", window="1h")
    assert dues() == [("1h", minutes(60))]
    assert waiting(manager) == ["2 new disputes submitted by Buyers"]
    deliver(minutes(60))
    assert sentences(manager) == ["2 new disputes submitted by Buyers"]


def test_going_back_to_the_default_moves_what_waits(world: World, manager: User) -> None:
    set_preference(who(manager), template="new", window="daily")
    world.submit()
    fold_all()
    assert dues() == [("daily 09:00", minutes(21 * 60))]
    assert set_preference(who(manager), template="new", window=None) is None
    assert dues() == [("4h", minutes(240))]


def test_going_back_leaves_what_waits_where_programs_differ(world: World, manager: User) -> None:
    settings = {"notify": {"manager": {"digest": "1h"}}}
    parties.create_program(SYSTEM, key="second", name="Second", preset="call_marketplace", settings=settings)
    set_preference(who(manager), template="new", window="daily")
    world.submit()
    fold_all()
    set_preference(who(manager), template="new", window=None)
    assert dues() == [("daily 09:00", minutes(21 * 60))]


def test_off_drops_what_waits(world: World, manager: User) -> None:
    world.submit()
    fold_all()
    set_preference(who(manager), template="new", window="off")
    deliver(minutes(240))
    assert (sentences(manager), waiting(manager)) == ([], [])


def test_a_preference_is_for_one_message_of_one_person(world: World, manager: User) -> None:
    colleague = world.person("colleague", "manager")
    set_preference(who(manager), template="new", window="off")
    world.submit()
    world.submit(origin="csr")
    deliver(minutes(240))
    assert sentences(manager) == ["1 new dispute filed for customers"]
    assert len(sentences(colleague)) == 2


def test_people_choose_among_what_concerns_them(world: World, manager: User, buyer: User, vendor: User) -> None:
    parties.change_settings(SYSTEM, program=world.program, settings={"notify": {"buyer": {"digest": "daily"}}})
    set_preference(who(manager), template="new", window="15m")
    rows = {user.name: selectors.preferences(who(user)) for user in (manager, buyer, vendor)}
    found = {
        name: [(choice.template.value, choice.window, choice.program_windows) for choice in choices]
        for name, choices in rows.items()
    }
    assert found == {
        "manager": [
            ("new", "15m", ("4h",)),
            ("new_by_others", None, ("4h",)),
            ("reopened", None, ("4h",)),
            ("answered", None, ("immediate",)),
            ("sla", None, ("immediate",)),
            ("not_signed", None, ("immediate",)),
            ("assigned", None, ("immediate",)),
        ],
        "buyer": [
            ("reviewed", None, ("daily 09:00",)),
            ("letter", None, ("off",)),
            ("money_moved", None, ("daily 09:00",)),
            ("reopened_own", None, ("daily 09:00",)),
            ("info", None, ("immediate",)),
            ("closed", None, ("daily 09:00",)),
        ],
        "vendor": [("vendor_revenue", None, ("4h",))],
    }
