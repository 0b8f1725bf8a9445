"""Whom a webhook that stopped is told to, and how."""

from __future__ import annotations

import pytest

from makegood.journal import operations as journal
from makegood.kernel import clock
from makegood.notifications import selectors
from makegood.notifications.tests.world import World, deliver, minutes, sentences, who
from makegood.parties.entries import SYSTEM
from makegood.parties.models import User


@pytest.fixture
def admin(world: World) -> User:
    return world.person("admin", "admin")


def stop(event: str, cause: str, owner: User | None) -> None:
    with clock.frozen(minutes(0)):
        journal.record(
            SYSTEM,
            verb="pause",
            event=event,
            object_kind="webhook",
            object_id=7,
            changes={
                "endpoint": "whe_1",
                "cause": cause,
                "failures": 20,
                "owner": owner.pk if owner else None,
            },
        )
    deliver(minutes(1))


@pytest.mark.parametrize(
    ("event", "cause", "text"),
    [
        ("webhook.paused", "failures", "The webhook whe_1 is paused: 20 attempts in a row failed."),
        ("webhook.disabled", "gone", "The webhook whe_1 is disabled: its receiver says that it is gone (410)."),
        (
            "webhook.disabled",
            "owner",
            "The webhook whe_1 is disabled: its owner may not manage webhooks any more.",
        ),
    ],
)
def test_its_owner_or_the_admins_are_told(world: World, admin: User, event: str, cause: str, text: str) -> None:
    owner = world.person("other_admin", "admin")
    stop(event, cause, owner)
    to_all = [text] if cause == "owner" else []
    assert (sentences(owner), sentences(admin)) == ([text], to_all)
    [card] = selectors.cards(who(owner))
    assert selectors.items_of(who(owner), digest_id=card.id).dispute_ids == ()


def test_one_that_belongs_to_no_person_is_told_to_admins(admin: User, manager: User) -> None:
    stop("webhook.paused", "failures", None)
    assert (len(sentences(admin)), sentences(manager)) == (1, [])


def test_who_stopped_it_by_hand_knows(admin: User) -> None:
    stop("webhook.paused", "by_hand", admin)
    assert sentences(admin) == []
