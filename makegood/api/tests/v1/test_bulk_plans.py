"""Bulk plans by the native service: looked at, committed once, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.disputes.models import Dispute
from makegood.parties.entries import Principal
from tests.api_client import UNCOUNTED, ClientMaker
from tests.refusals import unchanged
from tests.world import DisputeMaker

pytestmark = pytest.mark.django_db
PATH = "/api/v1/bulk-plans"


def test_a_plan_is_looked_at_committed_and_undone(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker
) -> None:
    first, second = make_dispute(), make_dispute()
    client = api_client(manager)
    asked = {"verb": "accept", "selection": {"ids": [first.public_id, str(second), "D-999"]}}
    made = client.post(PATH, asked)
    place, body = made.headers["Location"], made.json
    assert (made.status, body["state"], body["counts"]["planned"], body["counts"]["excluded"]) == (201, "draft", 2, 1)
    assert (body["totals"][0]["count"], body["totals"][0]["credit"]["amount"]) == (2, "90.00")
    assert [(one["code"], one["count"]) for one in body["exclusions"]] == [("NOT_FOUND", 1)]
    shown = client.get(f"{place}/rows?limit=2").json
    rest = client.get(f"{place}/rows?limit=2&cursor={shown['next_cursor']}").json["items"]
    rows = [*shown["items"], *rest]
    assert [row["state"] for row in rows] == ["waiting", "waiting", "excluded"]
    assert set(Dispute.objects.values_list("stage", flat=True)) == {"pending"}
    done = client.post(f"{place}/commit")
    assert (done.status, done.json["state"], done.json["counts"]["done"], done.json["can_undo"]) == (
        200,
        "finished",
        2,
        True,
    )
    assert client.post(f"{place}/commit").json == done.json
    lines = client.get(f"{place}/results.csv").content.decode().splitlines()
    assert (len(lines), lines[0].split(",")[0]) == (4, "dispute")
    undone = client.post(f"{place}/undo").json
    assert (undone["plan"]["state"], undone["kept"]) == ("undone", [])
    assert set(Dispute.objects.values_list("stage", flat=True)) == {"in_review"}
    tag = client.get(place).headers["ETag"]
    assert client.get(place, headers={"If-None-Match": tag}).status == 304


def test_a_filter_selects_what_a_list_shows(
    make_dispute: DisputeMaker, manager: Principal, biller: Principal, api_client: ClientMaker
) -> None:
    make_dispute()
    wanted = make_dispute(reason="BOT")
    asked = {
        "verb": "partial",
        "selection": {"filter": {"status": "pending", "reason": "BOT"}},
        "params": {"percent": "50", "explanation": "Half of {amount} for {number}."},
    }
    made = api_client(manager).post(PATH, asked)
    (row,) = api_client(manager).get(f"{made.headers['Location']}/rows").json["items"]
    assert (row["number"], row["credit"]["amount"]) == (str(wanted), "22.50")
    mine = api_client(biller).post(PATH, asked).json
    assert (mine["totals"][0]["clawback"], mine["totals"][0]["signed_margin"], mine["vendors"]) == (None, None, [])
    assert api_client(biller).get(f"{PATH}/{mine['id']}/results.csv").code == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"verb": "accept", "selection": {}}, "FIELD_INVALID"),
        ({"verb": "accept", "selection": {"ids": ["D-1"], "filter": {}}}, "FIELD_INVALID"),
        ({"verb": "accept", "selection": {"filter": {"stage": "draft"}}}, "FIELD_INVALID"),
        ({"verb": "accept", "selection": {"filter": {"stagge": "pending"}}}, "UNKNOWN_FIELD"),
        ({"verb": "dance", "selection": {"filter": {}}}, "FIELD_INVALID"),
        ({"verb": "partial", "selection": {"ids": ["D-1"]}}, "PLAN_PARAMETERS"),
        ({"verb": "partial", "selection": {"ids": ["D-1"]}, "params": {"amount_each": "1.00"}}, "FIELD_REQUIRED"),
        (
            {"verb": "partial", "selection": {"ids": ["D-1"]}, "params": {"amount_each": "1", "currency": "QQQ"}},
            "UNKNOWN_CURRENCY",
        ),
    ],
)
def test_a_plan_that_cannot_be_made_is_refused(
    manager: Principal, api_client: ClientMaker, body: dict[str, Any], code: str
) -> None:
    client = api_client(manager)
    with unchanged(but=UNCOUNTED):
        found = client.post(PATH, body)
    assert (found.status, found.code) == (422, code)


def test_a_plan_of_others_reads_like_an_absent_one(
    make_dispute: DisputeMaker, manager: Principal, biller: Principal, buyer: Principal, api_client: ClientMaker
) -> None:
    asked = {"verb": "accept", "selection": {"ids": [str(make_dispute())]}}
    made = api_client(manager).post(PATH, asked).json["id"]
    for person in (biller, buyer):
        client = api_client(person)
        for public_id in (made, "pln_absent"):
            found = client.get(f"{PATH}/{public_id}")
            told = f"You do not have access to Plan ID {public_id} or it does not exist."
            assert (found.status, found.detail) == (404, told)
            assert client.post(f"{PATH}/{public_id}/commit").status == 404
    refused = api_client(buyer).post(PATH, asked)
    assert (refused.status, refused.code) == (403, "PERMISSION_DENIED")
