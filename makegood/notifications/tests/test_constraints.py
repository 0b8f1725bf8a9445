"""What the database refuses by name."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from makegood.notifications.models import Digest, DigestItem, MessageText, Preference, QuietHours
from makegood.notifications.tests.world import World, fold_all, minutes
from makegood.parties.models import User


@pytest.fixture
def digest(world: World, manager: User) -> Digest:
    world.submit()
    fold_all()
    return Digest.objects.get()


def assert_refused_by(constraint: str, row: Digest | DigestItem | MessageText | Preference | QuietHours) -> None:
    with pytest.raises(IntegrityError, match=f'"{constraint}"'), transaction.atomic():
        row.save(force_insert=True)


def another(digest: Digest, **overrides: Any) -> Digest:
    facts: dict[str, Any] = {
        "recipient": digest.recipient,
        "template": "reviewed",
        "window": "4h",
        "opens_at": minutes(0),
        "due_at": minutes(240),
    }
    return Digest(**facts | overrides)


def item(digest: Digest, **overrides: Any) -> DigestItem:
    facts: dict[str, Any] = {
        "digest": digest,
        "recipient_id": digest.recipient_id,
        "template": digest.template,
        "event_id": 999_999,
        "subject_id": 1,
        "dispute_id": 1,
        "delta": 1,
    }
    return DigestItem(**facts | overrides)


def test_one_waiting_digest(digest: Digest) -> None:
    assert_refused_by("one_waiting_digest", another(digest, template="new"))


def test_digest_due_after_opening(digest: Digest) -> None:
    assert_refused_by("digest_due_after_opening", another(digest, due_at=minutes(-1)))


def test_digest_read_after_delivery(digest: Digest) -> None:
    assert_refused_by("digest_read_after_delivery", another(digest, read_at=minutes(0)))


def test_digest_count(digest: Digest) -> None:
    assert_refused_by("digest_count", another(digest, count=-1))


def test_digest_template(digest: Digest) -> None:
    assert_refused_by("digest_template", another(digest, template="gossip"))


def test_told_once(digest: Digest) -> None:
    event_id = digest.items.get().event_id
    assert_refused_by("told_once", item(digest, event_id=event_id))


def test_digest_item_delta(digest: Digest) -> None:
    assert_refused_by("digest_item_delta", item(digest, delta=0))


@pytest.mark.parametrize("overrides", [{"template": "reviewed"}, {"digest_id": 0}])
def test_digest_item_of_digest(digest: Digest, overrides: dict[str, Any]) -> None:
    assert_refused_by("digest_item_of_digest", item(digest, **overrides))


def test_an_item_of_somebody_elses_digest(digest: Digest, buyer: User) -> None:
    assert_refused_by("digest_item_of_digest", item(digest, recipient_id=buyer.pk))


def test_preference_once(manager: User) -> None:
    Preference.objects.create(user=manager, template="new", window="1h")
    assert_refused_by("preference_once", Preference(user=manager, template="new", window="2h"))


def test_preference_template(manager: User) -> None:
    assert_refused_by("preference_template", Preference(user=manager, template="gossip", window="1h"))


def test_preference_says_something(manager: User) -> None:
    assert_refused_by("preference_says_something", Preference(user=manager, template="new"))


@pytest.mark.parametrize("overrides", [{"by_email": True}, {"mail_claimed_at": minutes(0)}])
def test_digest_mailed_after_claim(digest: Digest, overrides: dict[str, Any]) -> None:
    assert_refused_by("digest_mailed_after_claim", another(digest, mailed_at=minutes(0), **overrides))


def test_digest_done_after_reading(digest: Digest) -> None:
    row = another(digest, flushed_at=minutes(240), done_at=minutes(241))
    assert_refused_by("digest_done_after_reading", row)


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("quiet_hours_last", {"ends": time(22)}),
        ("quiet_hours_days", {"days": []}),
        ("quiet_hours_days", {"days": [0, 7]}),
    ],
)
def test_quiet_hours(constraint: str, facts: dict[str, Any], manager: User) -> None:
    hours = {"user": manager, "begins": time(22), "ends": time(7), "days": [0]}
    assert_refused_by(constraint, QuietHours(**{**hours, **facts}))


@pytest.mark.django_db
def test_message_text_once() -> None:
    facts = {"template": "letter", "piece": "accepted", "locale": "en"}
    MessageText.objects.create(**facts)
    assert_refused_by("message_text_once", MessageText(**facts))


@pytest.mark.django_db
def test_message_text_template() -> None:
    assert_refused_by("message_text_template", MessageText(template="gossip", piece="count", locale="en"))
