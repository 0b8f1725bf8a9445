"""What no browser of ours would send: never a failure of ours, and nothing changes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from makegood.disputes.entries import DraftItem
from makegood.disputes.operations import save_draft
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from makegood.web.views.plans import MOST_NAMED
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

HUGE = ("99999999999", "9" * 20, "9" * 5_000)
NUL_WORDS = "What was sent holds a NUL character, which no text has."


def mark(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize("path", ["/calls/?q=%00", "/disputes/?%00=1", "/search/?q=D%001"])
def test_an_address_with_a_nul_is_refused(path: str, buyer: Principal, signed_in: SignedIn) -> None:
    response = signed_in(buyer).get(path)
    assert response.status_code == 422
    assert NUL_WORDS in response.content.decode()


def test_a_form_with_a_nul_is_refused(
    buyer: Principal, make_dispute: DisputeMaker, world: World, signed_in: SignedIn
) -> None:
    dispute, charge, client = make_dispute(), world.charge(), signed_in(buyer)
    form = {"reason": "SPAM", "description": "Nobody\x00spoke"}
    with unchanged():
        for path in (f"/disputes/D-{dispute.number}/edit/", f"/calls/{charge.pk}/dispute/"):
            response = client.post(path, form)
            assert response.status_code == 422, path
            assert NUL_WORDS in response.content.decode()
        part = client.post(f"/calls/{charge.pk}/dispute/draft/", form, headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert "<!doctype" not in part.content.decode()


def test_signing_in_with_a_nul_is_refused(db: None, client: Client) -> None:
    response = client.post("/account/login/", {"login": "a\x00@test.example", "password": "no"})
    assert response.status_code == 422
    assert NUL_WORDS in response.content.decode()


@pytest.mark.parametrize(
    "forged",
    [
        "WyJ4IiwgMV0",
        "not a mark",
        mark(["2026-01-01", 1]),
        mark([{"t": "2026-01-01T00:00:00"}, 1]),
        mark([{"t": "0001-01-01T00:00:00+23:00"}, 1]),
        mark([{"t": "2026-01-01T00:00:00Z"}, 2**63]),
        mark([{"t": "2026-01-01T00:00:00Z"}, True]),
        mark([None, None]),
        mark({"a": 1, "b": 2}),
    ],
)
def test_a_forged_place_is_the_beginning(
    forged: str, manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    for side in ("after", "before"):
        for path in ("/disputes/", "/queue/"):
            response = client.get(path, {side: forged})
            assert response.status_code == 200, (path, side)
            assert f"D-{dispute.number}" in response.content.decode()
        assert client.get("/calls/", {side: forged}).status_code == 200


def test_a_draft_was_never_sent(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    (answer,) = save_draft(buyer, items=[DraftItem(world.charge().pk, "SPAM", "Automated voice")])
    number = str(answer.data["number"])
    assert signed_in(buyer).get(f"/disputes/{number}/sent/").status_code == 404


@pytest.mark.parametrize("number", HUGE)
def test_a_version_that_no_row_has_fits_none(
    number: str, buyer: Principal, manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client, desk = make_dispute(), signed_in(buyer), signed_in(manager)
    with unchanged():
        decided = desk.post(f"/lane/D-{dispute.number}/decide/", {"kind": "accept", "version": number})
        form = {"reason": "BOT", "description": "A recording.", "version": number}
        edited = client.post(f"/disputes/D-{dispute.number}/edit/", form)
    assert "was changed meanwhile" in decided.content.decode()
    assert (decided.status_code, edited.status_code) == (409, 422)


@pytest.mark.parametrize("number", HUGE)
def test_ids_in_addresses_are_bounded(number: str, world: World, vendor: Principal, signed_in: SignedIn) -> None:
    client, desk = signed_in(vendor), signed_in(world.person("manager"))
    for at in ("2026-01-01", "2026-01-01T00:00:00+00:00", "0001-01-01T00:00:00+23:00"):
        assert client.get("/adjusted-calls/", {"before": f"{at}~{number}"}).status_code == 200
    for path in (f"/notifications/?after={number}", f"/queue/?notice={number}", f"/queue/?buyer={number}"):
        assert desk.get(path).status_code in {200, 404, 422}, path
    assert desk.post("/notifications/read/", {"id": number}).status_code == 303


def test_the_largest_plan_fits_into_one_form(manager: Principal, signed_in: SignedIn) -> None:
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS > MOST_NAMED + 100
    client = signed_in(manager)
    ids = [f"D-{number}" for number in range(10**9, 10**9 + 1_200)]
    page = client.post("/plans/", {"verb": "accept", "id": [*ids, *HUGE]}, follow=True)
    assert page.status_code == 200
    assert "1,203 selected, 1,203 left out" in page.content.decode()
