"""Webhooks of the native service: whose they are, what changes them, and the secret that is told once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.states import Verb
from makegood.webhooks.models import Delivery, Endpoint
from makegood.webhooks.states import DeliveryState
from tests.api_client import UNCOUNTED, Answer, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/webhooks"
URL = "https://127.0.0.1/hook"


@pytest.fixture
def client(world: World, api_client: ClientMaker, settings: Settings) -> ApiClient:
    """An administrator's, who may name an address of this machine."""
    settings.WEBHOOK_ALLOW = ("127.0.0.1",)
    return api_client(world.person("admin"))


def create(client: ApiClient, **facts: Any) -> Answer:
    made = client.post(PATH, {"url": URL, **facts})
    assert made.status == 201, made.content
    return made


def test_an_endpoint_is_made_read_listed_and_its_secret_told_once(client: ApiClient) -> None:
    made = create(client, events=["dispute.decided"], description="Our books")
    body = made.json
    place = f"{PATH}/{body['id']}"
    assert made.headers["Location"] == place
    assert body["secret"].startswith("whsec_")
    one = client.get(place)
    assert one.json == {name: value for name, value in body.items() if name != "secret"}
    assert (one.headers["ETag"], one.json["state"], one.json["events"]) == (
        made.headers["ETag"],
        "active",
        ["dispute.decided"],
    )
    assert client.get(place, headers={"If-None-Match": one.headers["ETag"]}).status == 304
    second = create(client).json["id"]
    first_page = client.get(f"{PATH}?limit=1&count=true").json
    assert ([row["id"] for row in first_page["items"]], first_page["count"]) == ([body["id"]], 2)
    rest = client.get(f"{PATH}?limit=1&count=true&cursor={first_page['next_cursor']}").json
    assert ([row["id"] for row in rest["items"]], rest["next_cursor"]) == ([second], None)
    assert b"whsec_" not in client.get(PATH).content + one.content


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "https://10.0.0.1/x"}, "WEBHOOK_URL_NOT_ALLOWED"),
        ({"url": "http://93.184.216.34/x"}, "WEBHOOK_URL_NOT_ALLOWED"),
        ({"url": "https://[::1]/x"}, "WEBHOOK_URL_NOT_ALLOWED"),
        ({"url": URL, "events": ["dispute.exploded"]}, "UNKNOWN_WEBHOOK_EVENT"),
        ({"url": URL, "description": "a\nb"}, "BAD_WEBHOOK_DESCRIPTION"),
        ({"url": URL, "event": []}, "UNKNOWN_FIELD"),
        ({"events": []}, "FIELD_REQUIRED"),
        ({"url": 1}, "FIELD_INVALID"),
    ],
)
def test_an_endpoint_that_cannot_be(client: ApiClient, body: dict[str, Any], code: str) -> None:
    made = create(client)
    with unchanged(but=UNCOUNTED):
        found = client.post(PATH, body)
        changed = client.patch(f"{PATH}/{made.json['id']}", body, headers={"If-Match": made.headers["ETag"]})
    assert (found.status, found.code) == (422, code)
    if code != "FIELD_REQUIRED":
        assert (changed.status, changed.code) == (422, code)


def test_a_change_names_what_it_was_made_of(client: ApiClient) -> None:
    made = create(client, description="first")
    place, tag = f"{PATH}/{made.json['id']}", made.headers["ETag"]
    changed = client.patch(place, {"description": "second"}, headers={"If-Match": tag})
    assert (changed.status, changed.json["description"], changed.json["version"]) == (200, "second", 2)
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", place, {"description": "third"}),
        ("DELETE", place, None),
        *[("POST", f"{place}/{word}", None) for word in ("rotate", "pause", "resume")],
    ]
    for method, path, body in calls:
        with unchanged(but=UNCOUNTED):
            missing = client.send(method, path, body=body)
            stale = client.send(method, path, body=body, headers={"If-Match": tag})
            broken = client.send(method, path, body=body, headers={"If-Match": "2"})
        assert (missing.status, missing.code) == (428, "PRECONDITION_REQUIRED")
        assert (stale.status, stale.code, stale.json["current"]["description"]) == (
            412,
            "PRECONDITION_FAILED",
            "second",
        )
        assert stale.headers["ETag"] == changed.headers["ETag"]
        assert (broken.status, broken.code) == (400, "BAD_HEADER")
    assert client.delete(place, headers={"If-Match": changed.headers["ETag"]}).status == 204
    assert client.get(place).status == 404


def test_what_moves_by_itself_stands_in_no_change_of_somebody(client: ApiClient) -> None:
    made = create(client)
    Endpoint.objects.update(failures=3)
    place = f"{PATH}/{made.json['id']}"
    assert client.get(place).headers["ETag"] != made.headers["ETag"]
    assert client.patch(place, {"events": []}, headers={"If-Match": made.headers["ETag"]}).status == 200


def test_a_secret_is_turned_over_and_an_endpoint_rests(client: ApiClient) -> None:
    made = create(client)
    place = f"{PATH}/{made.json['id']}"

    def step(word: str) -> Answer:
        return client.post(f"{place}/{word}", headers={"If-Match": client.get(place).headers["ETag"]})

    turned = step("rotate").json
    assert turned["secret"] not in ("", made.json["secret"])
    assert turned["previous_secret_until"] is not None
    paused = step("pause").json
    assert (paused["state"], paused["cause"]) == ("paused", "by_hand")
    assert step("resume").json["state"] == "active"
    with unchanged(but=UNCOUNTED):
        again = step("resume")
    assert (again.status, again.code) == (409, "WEBHOOK_ACTIVE")
    assert again.detail == "This webhook is active already."
    Endpoint.objects.update(state="disabled", cause="gone", stopped_at=clock.now())
    with unchanged(but=UNCOUNTED):
        for found in (step("pause"), client.post(f"{place}/test"), client.post(f"{place}/replay?since={NOW}")):
            assert (found.status, found.code) == (409, "WEBHOOK_DISABLED")


NOW = "2026-03-01T00:00:00Z"


def test_deliveries_are_listed_with_attempts_and_sent_again(client: ApiClient) -> None:
    made = create(client)
    place = f"{PATH}/{made.json['id']}"
    tested = client.post(f"{place}/test")
    assert (tested.status, tested.headers["Location"]) == (202, f"{place}/deliveries")
    assert (tested.json["type"], tested.json["state"], tested.json["attempts"]) == ("endpoint.test", "pending", [])
    row = Delivery.objects.get(message_id=tested.json["id"])
    row.tried.create(number=1, at=clock.now(), status=500, duration_ms=12, answer="no")
    ended = {"state": DeliveryState.FAILED, "next_attempt_at": None, "attempts": 1}
    Delivery.objects.update(**ended)
    Delivery.objects.create(
        endpoint=row.endpoint, message_id="msg_2", type="dispute.decided", event_id=7, payload="{}",
        created_at=clock.now() - timedelta(hours=1), **ended,
    )  # fmt: skip
    newer, older = client.get(f"{place}/deliveries").json["items"]
    assert [(newer["id"], newer["sequence"]), (older["id"], older["state"])] == [
        ("msg_2", 7),
        (row.message_id, "failed"),
    ]
    attempt = older["attempts"][0]
    assert (attempt["number"], attempt["status"], attempt["duration_ms"], attempt["answer"]) == (1, 500, 12, "no")
    assert client.get(f"{place}/deliveries?state=delivered").json["items"] == []
    assert [one["id"] for one in client.get(f"{place}/deliveries?type=dispute.decided").json["items"]] == ["msg_2"]
    again = client.post(f"{PATH}/deliveries/{row.message_id}/replay")
    assert (again.status, again.json["state"], len(again.json["attempts"])) == (202, "pending", 1)
    since = client.post(f"{place}/replay?since={NOW}")
    assert (since.status, since.json) == (202, {"deliveries": 1})
    assert set(Delivery.objects.values_list("state", flat=True)) == {"pending"}


@pytest.mark.parametrize("query", ["", "?since=yesterday", "?since=2026-03-01T00:00:00", f"?since={NOW}&since={NOW}"])
def test_a_replay_says_from_when(client: ApiClient, query: str) -> None:
    place = f"{PATH}/{create(client).json['id']}"
    found = client.post(f"{place}/replay{query}")
    assert (found.status, found.code) == (400, "BAD_PARAMETER")


def test_another_owners_endpoint_is_not_there(
    client: ApiClient, world: World, buyer: Principal, api_client: ClientMaker, grant: Callable[..., None]
) -> None:
    place = f"{PATH}/{create(client).json['id']}"
    message = client.post(f"{place}/test").json["id"]
    grant("buyer", Verb.WEBHOOK_MANAGE)
    theirs = api_client(buyer)
    assert theirs.get(PATH).json["items"] == []
    absent = f"{PATH}/whe_{'0' * 26}"
    calls = [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/deliveries"), ("POST", f"/replay?since={NOW}")]
    calls += [("POST", f"/{word}") for word in ("rotate", "pause", "resume", "test")]
    with unchanged(but=UNCOUNTED):
        for method, rest in calls:
            for one in (place, absent):
                found = theirs.send(method, one + rest, body={} if method == "PATCH" else None)
                told = f"You do not have access to Webhook ID {one.rpartition('/')[2]} or it does not exist."
                assert (found.status, found.code, found.detail) == (404, "NOT_FOUND", told)
        for named in (message, "msg_0"):
            found = theirs.post(f"{PATH}/deliveries/{named}/replay")
            told = f"You do not have access to Delivery ID {named} or it does not exist."
            assert (found.status, found.detail) == (404, told)
    own = create(theirs).json["id"]
    assert [row["id"] for row in theirs.get(PATH).json["items"]] == [own]


def test_who_may_not_manage_webhooks(client: ApiClient, manager: Principal, api_client: ClientMaker) -> None:
    place = f"{PATH}/{create(client).json['id']}"
    theirs = api_client(manager)
    theirs.get("/api/v1/me")
    with unchanged(but=UNCOUNTED):
        for found in (
            theirs.get(PATH),
            theirs.post(PATH, {"url": URL}),
            theirs.get(place),
            theirs.get(f"{PATH}/whe_0"),
            theirs.post(f"{PATH}/deliveries/msg_0/replay"),
        ):
            assert (found.status, found.code) == (403, "PERMISSION_DENIED")


def test_a_repeat_with_its_key_makes_nothing_more(client: ApiClient) -> None:
    key = {"Idempotency-Key": "hook-1"}
    first = client.post(PATH, {"url": URL}, headers=key)
    second = client.post(PATH, {"url": URL}, headers=key)
    assert (second.status, second.json, second.headers["Idempotency-Replayed"]) == (201, first.json, "true")
    with unchanged(but=UNCOUNTED):
        other = client.post(PATH, {"url": URL, "description": "other"}, headers=key)
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Endpoint.objects.count() == 1
