"""The page of second signatures: what it shows to whom, what it refuses, and what it asks before money moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem
from makegood.disputes.models import Dispute, Recommendation
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import change_settings
from makegood.parties.states import Dimension
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import PASSWORD, DisputeMaker, World


@pytest.fixture
def waits(make_dispute: DisputeMaker, manager: Principal) -> Dispute:
    """A dispute of 45.00 whose acceptance by the manager waits."""
    dispute = make_dispute()
    limited = replace(manager, max_decision_micros={"USD": 1})
    (answer,) = operations.recommend(limited, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT, None, "A robot.")])
    assert answer.ok, answer
    return dispute


def address(word: str) -> str:
    return f"/approvals/{Recommendation.objects.get().public_id}/{word}/"


def text(client: Client) -> str:
    return client.get("/approvals/").content.decode()


def test_a_second_person_signs_and_can_undo(waits: Dispute, other_manager: Principal, signed_in: SignedIn) -> None:
    client = signed_in(other_manager)
    page = text(client)
    assert f"/disputes/{waits}/" in page
    assert "Sign $45.00" in page
    answer = client.post(address("sign"))
    assert (answer.status_code, answer["Location"]) == (303, "/approvals/")
    page = text(client)
    assert f"{waits} signed: $45.00 credited" in page
    assert "Nothing waits for a second signature." in page


def test_the_author_finds_no_button_and_is_refused(waits: Dispute, manager: Principal, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    page = text(client)
    assert "Nobody signs their own decision" in page
    assert "/sign/" not in page
    assert "/decline/" not in page
    with unchanged():
        client.post(address("sign"))
        client.post(address("decline"), {"cause": "no"})
    taken = client.post(address("take-back"))
    assert taken["Location"] == f"/lane/{waits}/"
    waits.refresh_from_db()
    assert not waits.waits_for_signature


def test_declining_asks_for_a_cause_and_keeps_what_was_typed(
    waits: Dispute, other_manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(other_manager)
    with unchanged():
        answer = client.post(address("decline"), {"cause": "  "})
    page = answer.content.decode()
    assert (answer.status_code, "Please say why." in page, '<details class="ap-no" open>' in page) == (422, True, True)
    answer = client.post(address("decline"), {"cause": "Listen to 0:41 again."})
    assert answer.status_code == 303
    assert "went back to manager" in text(client)


def test_out_of_sight_it_does_not_exist(
    waits: Dispute, other_manager: Principal, buyer: Principal, signed_in: SignedIn
) -> None:
    User.objects.get(pk=other_manager.id or 0).grants.update(dimension=Dimension.PROGRAM, value="999999")
    client, outsider, place = signed_in(other_manager), signed_in(buyer), address("sign")
    assert str(waits) not in text(client)
    with unchanged():
        assert client.post(place).status_code == client.post("/approvals/rcm_none/sign/").status_code == 404
        assert outsider.get("/approvals/").status_code == 403


def test_above_the_programs_limit_the_second_person_confirms_who_they_are(
    waits: Dispute, other_manager: Principal, world: World, signed_in: SignedIn
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"reauth_above_micros": {"USD": 40_000_000}})
    client = signed_in(other_manager)
    with clock.shifted(timedelta(hours=1)):
        asked = client.post(address("sign"))
        assert asked.status_code == 403
        waits.refresh_from_db()
        assert waits.waits_for_signature
        answer = client.post(address("sign"), {"confirm_secret": PASSWORD})
    assert answer.status_code == 303, answer.content.decode()
    waits.refresh_from_db()
    assert waits.stage == "decided"
