"""Who a token is, its person's notifications, and the journal as events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import Ref, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import Door
from makegood.disputes.tests.money import decide, item
from makegood.kernel import clock
from makegood.notifications.models import Digest
from makegood.parties.entries import Principal
from makegood.parties.states import Dimension, Verb
from tests.api_client import UNCOUNTED, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import World

pytestmark = pytest.mark.django_db


def digest(person: Principal, *, read: bool = False) -> Digest:
    """A delivered message."""
    now = clock.now()
    return Digest.objects.create(
        recipient_id=person.id,
        template="reviewed",
        window="1h",
        opens_at=now - timedelta(hours=2),
        due_at=now - timedelta(hours=1),
        flushed_at=now,
        read_at=now if read else None,
        count=2,
    )


def test_a_token_says_what_it_is(manager: Principal, api_client: ClientMaker, world: World) -> None:
    ends = datetime(2100, 1, 1, tzinfo=UTC)
    client = api_client(
        manager,
        scopes=[Verb.DISPUTE_VIEW, Verb.DISPUTE_DECIDE],
        grants=[(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))],
        expires_at=ends,
        networks=["127.0.0.0/8"],
    )
    body = client.get("/api/v1/me").json
    assert (body["name"], body["role"], body["scopes"]) == ("test", "manager", ["dispute.decide", "dispute.view"])
    assert body["acts_for"] == {"id": manager.id, "name": "manager", "email": "manager@test.example"}
    assert (body["limits"], body["person_limits"]) == (["Acme Plumbing (B1) and below"], ["everything"])
    assert (body["networks"], body["expires_at"]) == (["127.0.0.0/8"], "2100-01-01T00:00:00Z")


def test_a_token_for_nobody_says_so(api_client: ClientMaker, world: World) -> None:
    client = api_client(None, scopes=[Verb.DISPUTE_VIEW], grants=[(Dimension.PROGRAM, str(world.program.pk))])
    body = client.get("/api/v1/me").json
    assert (body["acts_for"], body["role"], body["limits"]) == (None, "service", ["program Calls"])
    assert client.get("/api/v1/notifications").json["items"] == []


def test_messages_are_listed_and_marked_as_read(
    buyer: Principal, other_buyer: Principal, api_client: ClientMaker
) -> None:
    first, second, theirs = digest(buyer), digest(buyer), digest(other_buyer)
    client = api_client(buyer)
    shown = client.get("/api/v1/notifications?limit=1&count=true").json
    assert ([one["id"] for one in shown["items"]], shown["count"]) == ([f"ntf_{second.pk}"], 2)
    assert shown["items"][0]["text"] == "2 disputes have been reviewed."
    rest = client.get(f"/api/v1/notifications?limit=1&cursor={shown['next_cursor']}").json
    assert [one["id"] for one in rest["items"]] == [f"ntf_{first.pk}"]
    done = client.post("/api/v1/notifications/read", {"ids": [f"ntf_{first.pk}", f"ntf_{theirs.pk}"]}).json["results"]
    assert [(one["status"], one["code"]) for one in done] == [("read", None), ("refused", "NOT_FOUND")]
    assert [one["id"] for one in client.get("/api/v1/notifications?unread=true").json["items"]] == [f"ntf_{second.pk}"]
    assert Digest.objects.get(pk=theirs.pk).read_at is None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v1/notifications", None),
        ("POST", "/api/v1/notifications/read", {"ids": ["ntf_1"]}),
        ("GET", "/api/v1/notification-preferences", None),
        ("PUT", "/api/v1/notification-preferences", {"items": []}),
    ],
)
def test_a_token_with_limits_of_its_own_does_not_open_the_messages(
    manager: Principal, api_client: ClientMaker, world: World, method: str, path: str, body: object
) -> None:
    client = api_client(manager, grants=[(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))])
    client.get("/api/v1/me")
    with unchanged(but=UNCOUNTED):
        answer = client.send(method, path, body=body)
    assert (answer.status, answer.code) == (403, "TOKEN_LIMITED")
    assert answer.detail == (
        "A token with limits of its own does not open a person's messages; they may speak of more than it may see."
    )


def test_a_person_chooses_how_messages_come(buyer: Principal, api_client: ClientMaker) -> None:
    client, path = api_client(buyer), "/api/v1/notification-preferences"
    now = client.get(path)
    sent = {"items": [{"message": "reviewed", "window": "15m", "by_email": False}]}
    with unchanged(but=UNCOUNTED):
        assert client.put(path, sent).code == "PRECONDITION_REQUIRED"
        assert client.put(path, sent, headers={"If-Match": '"old"'}).code == "PRECONDITION_FAILED"
        bad = {"items": [*sent["items"], {"message": "reviewed", "window": "often"}]}
        refused = client.put(path, bad, headers={"If-Match": now.headers["ETag"]})
    assert (refused.status, refused.code) == (422, "BAD_WINDOW")
    chosen = client.put(path, sent, headers={"If-Match": now.headers["ETag"]})
    reviewed = next(one for one in chosen.json["items"] if one["message"] == "reviewed")
    assert (chosen.status, reviewed["window"], reviewed["by_email"]) == (200, "15m", False)
    assert client.get(path).headers["ETag"] == chosen.headers["ETag"] != now.headers["ETag"]


def events(client: ApiClient, query: str = "") -> list[str]:
    """The types of the events that a caller hears."""
    return [one["type"] for one in client.get(f"/api/v1/events?{query}").json["items"]]


@pytest.mark.django_db(transaction=True)
def test_events_are_told_to_those_who_may_know(committed_world: World, api_client: ClientMaker) -> None:
    world = committed_world
    buyer, other = world.person("buyer", customer_number="B1"), world.person("buyer", "other", customer_number="B2")
    manager, vendor = world.person("manager"), world.person("vendor", vendor_number="V1")
    disputes: list[Dispute] = []
    for _ in range(2):
        (answer,) = operations.submit(buyer, items=[claim_on(world)])
        disputes.append(Dispute.objects.get(pk=answer.id))
    operations.claim(manager, items=[Ref(disputes[0].pk)])
    decide(manager, item(disputes[0]), door=Door.API)
    decide(manager, item(disputes[1]), door=Door.DESK)
    hears = api_client(buyer)
    told = events(hears)
    assert told == ["dispute.submitted", "dispute.submitted", "dispute.decided", "adjustment.posted", "dispute.closed"]
    assert events(api_client(manager)).count("dispute.claimed") == 1
    assert events(api_client(vendor)) == ["vendor.revenue_adjusted"]
    assert events(api_client(other)) == []
    assert events(hears, "type=dispute.closed") == ["dispute.closed"]
    page, seen = hears.get("/api/v1/events?limit=1").json, []
    while page["items"]:
        seen += [one["type"] for one in page["items"]]
        page = hears.get(f"/api/v1/events?limit=1&after={page['next_after']}").json
    assert seen == told
    for query, code in (("after=x", "BAD_CURSOR"), ("type=weather", "BAD_PARAMETER")):
        assert hears.get(f"/api/v1/events?{query}").code == code


def claim_on(world: World) -> SubmitItem:
    """A claim that passes, on a new charge."""
    return SubmitItem(world.charge().pk, "SPAM", "A recorded voice, nobody there")
