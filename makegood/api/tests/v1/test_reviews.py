"""Reviews nobody asked for, over the web service: listed, read, a verdict that credits, and taken back."""

from __future__ import annotations

import pytest

from makegood.disputes.models import Dispute
from makegood.disputes.states import Stage
from makegood.disputes.tests.reviewing import queued, trusted
from makegood.parties.entries import Principal
from tests.api_client import UNCOUNTED, ApiClient, client_for
from tests.refusals import unchanged
from tests.world import World

NON_BILLABLE = {"verdict": "non_billable", "findings": ["ROBOCALL"], "tags": ["Robo Call"], "note": "A recorded voice."}


@pytest.fixture
def client(qa: Principal) -> ApiClient:
    return client_for(trusted(qa))


def test_a_verdict_credits_and_is_taken_back(world: World, client: ApiClient) -> None:
    review = queued(world, chance="0.05")
    at = f"/api/v1/reviews/rvw_{review.pk}"
    (listed,) = client.get("/api/v1/reviews?state=queued").json["items"]
    assert (listed["id"], listed["chance"]) == (f"rvw_{review.pk}", "0.050000000000000000")
    assert client.get(at).json == listed
    kept = client.post(f"{at}/verdict", NON_BILLABLE)
    assert kept.status == 200, kept.content
    dispute = Dispute.objects.get()
    assert (kept.json["state"], kept.json["dispute"], kept.json["tags"]) == ("done", str(dispute), ["robo call"])
    assert dispute.stage == Stage.DECIDED
    again = client.post(f"{at}/verdict", NON_BILLABLE)
    assert (again.status, again.json["errors"][0]["code"]) == (409, "REVIEW_FINISHED")
    back = client.send("DELETE", f"{at}/verdict")
    assert (back.status, back.json["state"], back.json["dispute"]) == (200, "claimed", None)


def test_what_is_refused_changes_nothing(world: World, client: ApiClient, csr: Principal) -> None:
    review = queued(world)
    at = f"/api/v1/reviews/rvw_{review.pk}"
    with unchanged(but=UNCOUNTED):
        assert client.post(f"{at}/verdict", {"verdict": "non_billable"}).json["errors"][0]["code"] == (
            "REVIEW_REASON_REQUIRED"
        )
        assert client.get("/api/v1/reviews?state=lost").status == 400
        assert client.get("/api/v1/reviews/rvw_999").status == 404
    assert client_for(csr).get(at).status == 403
