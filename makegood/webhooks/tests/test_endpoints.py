"""Who makes, sees, changes and deletes endpoints."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from makegood.journal.models import JournalEvent
from makegood.kernel.errors import Refusal
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.models import User
from makegood.parties.selectors import sign_in
from makegood.parties.states import Dimension, Verb
from makegood.webhooks import operations, selectors
from makegood.webhooks.models import Delivery, Endpoint
from makegood.webhooks.operations.endpoints import MOST_ENDPOINTS
from makegood.webhooks.tests.receiver import Receiver
from tests.refusals import unchanged
from tests.world import World

URL = "https://hooks.example.com/in"


def public(host: str, port: int) -> Sequence[str]:
    """A resolver for which every host is somewhere public."""
    return ["93.184.215.14"]


def make(principal: Principal, **terms: Any) -> operations.MadeEndpoint:
    return operations.create_endpoint(principal, **{"url": URL, "resolve": public, **terms})


def test_an_endpoint_is_made_with_its_secret(admin: Principal) -> None:
    made = make(admin, events=["dispute.decided", "dispute.closed", "dispute.decided"], description=" CRM ")
    assert made.secret.startswith("whsec_")
    assert len(base64.b64decode(made.secret.removeprefix("whsec_"))) == 32
    endpoint = Endpoint.objects.get()
    assert endpoint.public_id.startswith("whe_")
    assert (endpoint.events, endpoint.description) == (["dispute.decided", "dispute.closed"], "CRM")
    assert (endpoint.owner_id, endpoint.owner_label, endpoint.state) == (admin.id, admin.label, "active")
    journaled = JournalEvent.objects.get(event="webhook.created").changes
    assert "example.com" not in str(journaled)
    assert made.secret not in str(journaled)


@pytest.mark.parametrize(
    ("terms", "code", "message"),
    [
        (
            {"url": "http://hooks.example.com/in"},
            "WEBHOOK_URL_NOT_ALLOWED",
            "This address cannot receive webhooks: it does not begin with https://.",
        ),
        (
            {"url": "https://[::1]/"},
            "WEBHOOK_URL_NOT_ALLOWED",
            "This address cannot receive webhooks: ::1 is not public (loopback).",
        ),
        (
            {"resolve": lambda host, port: ["10.0.0.1"]},
            "WEBHOOK_URL_NOT_ALLOWED",
            "This address cannot receive webhooks: hooks.example.com leads to an address that is not public (private).",
        ),
        (
            {"resolve": lambda host, port: (_ for _ in ()).throw(OSError())},
            "WEBHOOK_URL_NOT_ALLOWED",
            "This address cannot receive webhooks: its host was not found.",
        ),
        ({"events": ["dispute.exploded"]}, "UNKNOWN_WEBHOOK_EVENT", 'There is no event "dispute.exploded".'),
        (
            {"description": "a\x00b"},
            "BAD_WEBHOOK_DESCRIPTION",
            "A description is a text of at most 200 characters without control characters.",
        ),
        (
            {"description": "a" * 201},
            "BAD_WEBHOOK_DESCRIPTION",
            "A description is a text of at most 200 characters without control characters.",
        ),
    ],
)
def test_what_cannot_be_is_refused(admin: Principal, terms: dict[str, Any], code: str, message: str) -> None:
    made = make(admin).endpoint.public_id
    for attempt in (make, changing(made)):
        with unchanged(), pytest.raises(Refusal) as caught:
            attempt(admin, **terms)
        assert caught.value.code == code
        assert caught.value.message.startswith(message)


def changing(endpoint_id: str) -> Callable[..., Endpoint]:
    def change(principal: Principal, **terms: Any) -> Endpoint:
        wanted = {"url": URL, "resolve": public, **terms}
        return operations.change_endpoint(principal, endpoint_id=endpoint_id, **wanted)

    return change


def test_there_is_an_end_to_endpoints(admin: Principal) -> None:
    first = make(admin).endpoint
    for number in range(1, MOST_ENDPOINTS):
        first.pk, first.public_id = None, f"whe_{number}"
        first.save(force_insert=True)
    with unchanged(), pytest.raises(Refusal, match="TOO_MANY_WEBHOOKS: There are 50 webhooks of yours already"):
        make(admin)


def test_it_needs_the_permission_and_somebody_who_owns_it(manager: Principal) -> None:
    for nobody in (manager, SYSTEM):
        with unchanged(), pytest.raises(NotPermitted):
            make(nobody)
    assert selectors.endpoints_of(manager) == []


VERBS: list[Callable[[Principal, str], object]] = [
    lambda principal, name: operations.change_endpoint(principal, endpoint_id=name, description="mine"),
    lambda principal, name: operations.delete_endpoint(principal, endpoint_id=name),
    lambda principal, name: operations.rotate_secret(principal, endpoint_id=name),
    lambda principal, name: operations.pause(principal, endpoint_id=name),
    lambda principal, name: operations.resume(principal, endpoint_id=name),
    lambda principal, name: operations.send_test(principal, endpoint_id=name),
]


def test_an_endpoint_of_others_is_not_there(admin: Principal, listening_buyer: Principal, world: World) -> None:
    theirs = make(admin).endpoint
    mine = make(listening_buyer).endpoint
    assert [one.pk for one in selectors.endpoints_of(listening_buyer)] == [mine.pk]
    assert [one.pk for one in selectors.endpoints_of(admin)] == [theirs.pk, mine.pk]
    test = operations.send_test(admin, endpoint_id=theirs.public_id)
    with unchanged():
        for name in (theirs.public_id, "whe_absent", "\x00"):
            for verb in VERBS:
                with pytest.raises(NotFound):
                    verb(listening_buyer, name)
        for name in (test.message_id, "msg_absent", "\x00", "\ud800"):
            with pytest.raises(NotFound):
                operations.replay_delivery(listening_buyer, message_id=name)


def test_a_token_does_not_manage_what_hears_more_than_it_sees(
    admin: Principal, listening_buyer: Principal, world: World
) -> None:
    whole = make(listening_buyer).endpoint
    narrow = by_token(admin, listening_buyer, [(Dimension.PROGRAM, str(world.program.pk))])
    part = make(narrow).endpoint
    assert [one.pk for one in selectors.endpoints_of(narrow)] == [part.pk]
    assert [one.pk for one in selectors.endpoints_of(listening_buyer)] == [whole.pk, part.pk]


def test_a_token_that_sees_everything_does_not_manage_what_hears_more_than_its_scopes(admin: Principal) -> None:
    """With another address of its own or a new secret it would hear what it has no scope for."""
    whole = make(admin).endpoint
    bare = by_token(admin, admin, [], scopes=[Verb.WEBHOOK_MANAGE])
    own = make(bare).endpoint
    assert [one.pk for one in selectors.endpoints_of(bare)] == [own.pk]
    with unchanged():
        for verb in VERBS:
            with pytest.raises(NotFound):
                verb(bare, whole.public_id)
    full = by_token(admin, admin, [], scopes=sorted(admin.verbs))
    assert [one.pk for one in selectors.endpoints_of(full)] == [whole.pk, own.pk]


def by_token(
    admin: Principal,
    person: Principal,
    grants: list[tuple[Dimension, str]],
    scopes: Sequence[str] = (Verb.WEBHOOK_MANAGE, Verb.DISPUTE_VIEW),
) -> Principal:
    made = parties.create_token(
        admin,
        name="part",
        scopes=scopes,
        acts_for=User.objects.get(pk=person.id),
        grants=grants,
    )
    signed = sign_in(made.secret)
    assert signed is not None
    return signed.principal


def test_changes_are_counted_and_a_stale_one_is_refused(admin: Principal) -> None:
    made = make(admin, events=["dispute.closed"])
    name = made.endpoint.public_id
    changed = operations.change_endpoint(admin, endpoint_id=name, events=[], version=1)
    assert (changed.events, changed.lock_version, changed.secret) == ([], 2, made.secret)
    assert operations.change_endpoint(admin, endpoint_id=name, events=[], version=2).lock_version == 2
    with unchanged(), pytest.raises(Refusal, match="WEBHOOK_CHANGED: Somebody changed this webhook meanwhile"):
        operations.change_endpoint(admin, endpoint_id=name, description="late", version=1)
    rotated = operations.rotate_secret(admin, endpoint_id=name, version=2)
    assert rotated.endpoint.previous_secret == made.secret
    changes = [event.changes.get("changed") for event in JournalEvent.objects.filter(event="webhook.changed")]
    assert changes == [["events"]]


def test_pausing_and_resuming(admin: Principal) -> None:
    name = make(admin).endpoint.public_id
    with unchanged(), pytest.raises(Refusal, match="WEBHOOK_ACTIVE: This webhook is active already"):
        operations.resume(admin, endpoint_id=name)
    paused = operations.pause(admin, endpoint_id=name)
    assert (paused.state, paused.cause) == ("paused", "by_hand")
    with unchanged():
        operations.pause(admin, endpoint_id=name)
    resumed = operations.resume(admin, endpoint_id=name)
    assert (resumed.state, resumed.cause, resumed.stopped_at) == ("active", "", None)
    events = JournalEvent.objects.filter(object_kind="webhook").order_by("pk").values_list("event", flat=True)
    assert list(events) == ["webhook.created", "webhook.paused", "webhook.resumed"]


def test_a_disabled_endpoint_sends_nothing_until_it_is_resumed(admin: Principal) -> None:
    name = make(admin).endpoint.public_id
    test = operations.send_test(admin, endpoint_id=name)
    Endpoint.objects.update(state="disabled", cause="gone", stopped_at=test.created_at)
    for verb in (operations.pause, operations.send_test):
        with unchanged(), pytest.raises(Refusal, match="WEBHOOK_DISABLED: This webhook is disabled; resume it first"):
            verb(admin, endpoint_id=name)
    with unchanged(), pytest.raises(Refusal, match="WEBHOOK_DISABLED"):
        operations.replay_delivery(admin, message_id=test.message_id)
    with unchanged(), pytest.raises(Refusal, match="WEBHOOK_DISABLED"):
        operations.replay_since(admin, endpoint_id=name, since=test.created_at)


def test_deleting_takes_the_log_along(admin: Principal, receiver: Receiver) -> None:
    name = operations.create_endpoint(admin, url=receiver.url).endpoint.public_id
    operations.send_test(admin, endpoint_id=name)
    operations.deliver_due()
    assert selectors.deliveries_of(Endpoint.objects.get()).count() == 1
    operations.delete_endpoint(admin, endpoint_id=name)
    assert (Endpoint.objects.count(), Delivery.objects.count()) == (0, 0)
    assert JournalEvent.objects.filter(event="webhook.deleted").count() == 1
