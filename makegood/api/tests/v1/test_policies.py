"""Policies of the native service: drafts, what if, and publishing what was read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.models import PolicyVersion
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.states import Dimension, Verb
from tests.api_client import UNCOUNTED, Answer, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import ChargeMaker, World

pytestmark = pytest.mark.django_db
DAY: dict[str, Any] = {"type": "window", "amount": 24, "severity": "block"}
BILLED: dict[str, Any] = {"type": "billed", "severity": "block"}


@pytest.fixture
def client(world: World, api_client: ClientMaker) -> ApiClient:
    made = api_client(world.person("admin"))
    made.get("/api/v1/me")
    return made


@pytest.fixture
def path(world: World) -> str:
    return f"/api/v1/policies/pol_{world.program.key}"


def drafted(client: ApiClient, path: str, *rules: dict[str, Any]) -> Answer:
    made = client.post(f"{path}/draft", {"rules": list(rules) or [DAY], "note": "A day"})
    assert made.status == 201, made.content
    return made


def publish(client: ApiClient, path: str, **body: Any) -> Answer:
    return client.post(f"{path}/publish", body, headers={"If-Match": client.get(path).headers["ETag"]})


def at(**ahead: int) -> str:
    return (clock.now() + timedelta(**ahead)).isoformat().replace("+00:00", "Z")


def test_a_policy_is_read_with_its_versions(client: ApiClient, path: str, world: World) -> None:
    (listed,) = client.get("/api/v1/policies").json["items"]
    one = client.get(path)
    assert listed == one.json
    assert (one.json["program"], one.json["in_force"]["number"], one.json["drafts"]) == (world.program.key, 1, [])
    assert one.json["in_force"]["rules"][0] == {"type": "permission", "severity": "block", "basis": "help"}
    assert client.get(path, headers={"If-None-Match": one.headers["ETag"]}).status == 304
    made = drafted(client, path)
    assert made.headers["Location"] == f"{path}/versions/2"
    assert (made.json["state"], made.json["rules"], made.json["author"]) == ("draft", [DAY], "admin")
    assert client.get(f"{path}/versions/2").json == made.json
    page = client.get(f"{path}/versions?limit=1&count=true").json
    assert ([row["number"] for row in page["items"]], page["count"]) == ([2], 2)
    rest = client.get(f"{path}/versions?limit=1&count=true&cursor={page['next_cursor']}").json
    assert ([row["number"] for row in rest["items"]], rest["next_cursor"]) == ([1], None)
    assert client.get(path).json["drafts"] == [2]


def test_a_draft_is_changed_as_it_was_read_and_thrown_away(client: ApiClient, path: str) -> None:
    drafted(client, path)
    place = f"{path}/versions/2"
    tag = client.get(place).headers["ETag"]
    changed = client.send("PUT", place, body={"rules": [BILLED], "note": "Billed"}, headers={"If-Match": tag})
    assert (changed.status, changed.json["rules"], changed.json["note"]) == (200, [BILLED], "Billed")
    with unchanged(but=UNCOUNTED):
        for method in ("PUT", "DELETE"):
            body = {"rules": [DAY]} if method == "PUT" else None
            missing = client.send(method, place, body=body)
            stale = client.send(method, place, body=body, headers={"If-Match": tag})
            assert (missing.status, missing.code) == (428, "PRECONDITION_REQUIRED")
            assert (stale.status, stale.code, stale.json["current"]["rules"]) == (412, "PRECONDITION_FAILED", [BILLED])
            first = client.send(method, f"{path}/versions/1", body=body, headers={"If-Match": "*"})
            told = "Version 1 is published and stays as it is; save a new draft instead."
            assert (first.status, first.code, first.detail) == (409, "VERSION_PUBLISHED", told)
    assert client.delete(place, headers={"If-Match": changed.headers["ETag"]}).status == 204
    assert client.get(place).status == 404


def test_what_was_read_is_published(client: ApiClient, path: str) -> None:
    drafted(client, path)
    tag = client.get(path).headers["ETag"]
    start = at(days=1)
    done = client.post(f"{path}/publish", {"draft": 2, "effective_from": start}, headers={"If-Match": tag})
    assert (done.status, done.headers["Location"]) == (201, f"{path}/versions/2")
    assert (done.json["state"], done.json["starts_at"]) == ("scheduled", start)
    with unchanged(but=UNCOUNTED):
        stale = client.post(f"{path}/publish", {"rules": [BILLED]}, headers={"If-Match": tag})
        missing = client.post(f"{path}/publish", {"rules": [BILLED]})
    assert (stale.status, stale.code, stale.json["current"]["scheduled"]) == (412, "PRECONDITION_FAILED", [2])
    assert (missing.status, missing.code) == (428, "PRECONDITION_REQUIRED")
    later = publish(client, path, rules=[BILLED], note="Later", effective_from=at(days=2))
    assert (later.status, later.json["number"], later.json["note"]) == (201, 3, "Later")
    assert client.get(path).json["scheduled"] == [2, 3]
    assert client.get(f"{path}/versions/2").json["ends_at"] == later.json["starts_at"]


UNPUBLISHABLE: list[tuple[dict[str, Any], int, str]] = [
    ({}, 422, "FIELD_INVALID"),
    ({"draft": 2, "rules": [BILLED]}, 422, "FIELD_INVALID"),
    ({"draft": 9}, 404, "VERSION_UNKNOWN"),
    ({"draft": 1}, 409, "VERSION_PUBLISHED"),
    ({"rules": []}, 422, "FIELD_INVALID"),
    ({"rules": [{"type": "horoscope", "severity": "block"}]}, 422, "POLICY_NOT_READABLE"),
    ({"rules": [{**DAY, "amount": 1.5}]}, 422, "FIELD_INVALID"),
    ({"rules": [{**DAY, "amount": 2**70}]}, 422, "FIELD_INVALID"),
    ({"rules": [BILLED], "effective_from": "1990-01-01T00:00:00Z"}, 422, "FIELD_INVALID"),
    ({"rules": [BILLED], "effective_from": "2026-01-01T00:00:00"}, 422, "FIELD_INVALID"),
    ({"rules": [BILLED], "effective_from": "2000-01-01T00:00:00Z"}, 422, "POLICY_NOT_READABLE"),
]


def test_what_cannot_be_published(client: ApiClient, path: str) -> None:
    with unchanged(but=UNCOUNTED):
        answers = [publish(client, path, **body) for body, _, _ in UNPUBLISHABLE]
    for (body, status, code), found in zip(UNPUBLISHABLE, answers, strict=True):
        assert (found.status, found.code) == (status, code), body


def test_a_repeat_with_its_key_publishes_once(client: ApiClient, path: str) -> None:
    headers = {"If-Match": client.get(path).headers["ETag"], "Idempotency-Key": "p-1"}
    first, second = (client.post(f"{path}/publish", {"rules": [BILLED]}, headers=headers) for _ in range(2))
    assert (first.status, second.status, second.json) == (201, 201, first.json)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert PolicyVersion.objects.count() == 2


def test_rules_a_draft_and_a_version_are_tried_on_charges(
    client: ApiClient, path: str, make_charge: ChargeMaker, world: World
) -> None:
    fresh, old = make_charge(), make_charge(received_at=clock.now() - timedelta(days=2))
    elsewhere = operations.install_preset(SYSTEM, preset_key="telecom_billing", key="t", name="T", currency="USD")
    other = make_charge(program=elsewhere)
    drafted(client, path)
    charges = [f"chg_{charge.pk}" for charge in (fresh, old, other)]
    with unchanged(but=UNCOUNTED):
        answers = [
            client.post(f"{path}/check", {"charges": charges, **tried}).json
            for tried in ({"rules": [DAY]}, {"version": 2})
        ]
        published = client.post(f"{path}/check", {"charges": charges, "version": 1}).json
    for body in answers:
        assert [(one["charge"], one["result"]) for one in body["items"]] == [
            (charges[0], "ok"),
            (charges[1], "blocked"),
        ]
        assert body["unknown"] == charges[2:]
    assert answers[0]["items"][1]["rules"][0]["message"]
    assert answers[1]["items"][0]["policy"] == f"{world.program.key}@2 (draft)"
    assert [one["can_submit"] for one in published["items"]] == [True, True]
    words = {"type": "explanation", "min_chars": 10, "severity": "block"}
    claim = {"charges": charges[:1], "rules": [words], "draft": {"reason": "SPAM", "description": "Beep"}}
    (said,) = client.post(f"{path}/check", claim).json["items"]
    assert [rule["code"] for rule in said["rules"] if not rule["passed"]] == ["EXPLANATION_REQUIRED"]
    coin = client.post(f"{path}/check", {**claim, "draft": {"amount": "1.001"}})
    assert (coin.status, coin.code, coin.json["errors"][0]["field"]) == (422, "FIELD_INVALID", "draft.amount")


def test_the_past_is_tried(client: ApiClient, path: str, make_charge: ChargeMaker) -> None:
    publish(client, path, rules=[BILLED])
    for days in (3, 10, 40):
        make_charge(received_at=clock.now() - timedelta(days=days), subkind="call")
    make_charge(received_at=clock.now() - timedelta(days=5), subkind="lead")
    rules = [BILLED, {"type": "kind", "allow": ["call"], "severity": "block"}]
    body = client.post(f"{path}/impact", {"rules": rules}).json
    assert (body["charges"], body["would_open"], body["would_close"]) == (3, 0, 1)
    assert body["in_force"]["eligible"] == {"charges": 3, "amounts": [{"amount": "135.00", "currency": "USD"}]}
    lost = {"charges": 1, "amounts": [{"amount": "45.00", "currency": "USD"}]}
    assert body["tried"]["stopped"] == [{"code": "KIND_NOT_DISPUTABLE", **lost}]
    (change,) = body["changes"]
    assert (change["before"], change["after"], change["charges"]) == (None, "KIND_NOT_DISPUTABLE", 1)
    assert change["samples"][0]["message"]
    whole = client.post(f"{path}/impact", {"rules": rules, "since": at(days=-60), "until": at(days=1)}).json
    assert whole["charges"] == 4


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"rules": [BILLED], "version": 1}, 422, "FIELD_INVALID"),
        ({}, 422, "FIELD_INVALID"),
        ({"version": 7}, 404, "VERSION_UNKNOWN"),
        ({"version": 1, "since": "2020-01-01T00:00:00Z"}, 422, "WINDOW_TOO_LONG"),
        ({"version": 1, "since": "0001-01-01T00:00:00+14:00"}, 422, "WINDOW_TOO_LONG"),
        ({"version": 1, "since": "9999-12-31T23:59:59-12:00"}, 422, "WINDOW_TOO_LONG"),
        ({"version": 1, "until": "0001-01-01T00:00:00+14:00"}, 422, "WINDOW_TOO_LONG"),
    ],
)
def test_a_past_that_is_not_told(client: ApiClient, path: str, body: dict[str, Any], status: int, code: str) -> None:
    found = client.post(f"{path}/impact", body)
    assert (found.status, found.code) == (status, code)


def test_who_edits_no_policies_and_what_is_out_of_sight(
    path: str, world: World, manager: Principal, api_client: ClientMaker
) -> None:
    elsewhere = operations.install_preset(SYSTEM, preset_key="telecom_billing", key="t", name="T", currency="USD")
    admin = world.person("admin")
    theirs, limited = api_client(manager), api_client(admin, grants=[(Dimension.PROGRAM, str(elsewhere.pk))])
    blind = api_client(admin, scopes=[Verb.POLICY_VIEW, Verb.POLICY_EDIT])
    for client in (theirs, limited, blind):
        client.get("/api/v1/me")
    calls = [("GET", ""), ("GET", "/versions"), ("GET", "/versions/1"), ("POST", "/draft"), ("POST", "/publish")]
    calls += [("POST", "/check"), ("POST", "/impact"), ("PUT", "/versions/1"), ("DELETE", "/versions/1")]
    with unchanged(but=UNCOUNTED):
        for method, rest in calls:
            no = theirs.send(method, path + rest, body={})
            assert (no.status, no.code) == (403, "PERMISSION_DENIED")
            for one in (path, "/api/v1/policies/pol_nothing", "/api/v1/policies/x"):
                gone = limited.send(method, one + rest, body={})
                told = f"You do not have access to Policy ID {one.rpartition('/')[2]} or it does not exist."
                assert (gone.status, gone.detail) == (404, told)
        found = blind.post(f"{path}/check", {"charges": ["chg_1"], "version": 1})
        assert (found.status, found.code) == (403, "PERMISSION_DENIED")
        missing = blind.get(f"{path}/versions/9")
        told = "You do not have access to Policy version ID 9 or it does not exist."
        assert (missing.status, missing.detail) == (404, told)
    assert [one["program"] for one in limited.get("/api/v1/policies").json["items"]] == ["t"]
