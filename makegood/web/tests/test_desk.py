"""Deciding at the desk and in bulk: effects first, then the decision, then undo."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.states import Stage
from makegood.kernel import clock
from makegood.ledger.models import Adjustment, Posting
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker

HTMX = {"HX-Request": "true"}
TEN_MINUTES = timedelta(minutes=10)


def test_the_money_of_all_three_is_there_before_anything_is_pressed(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute = make_dispute()
    page = signed_in(manager).get(f"/lane/D-{dispute.number}/").content.decode()
    for words in (
        "Accept $45.00",
        "In part $22.50",
        "-$30.00",
        "-$15.00",
        "Buyer pays",
        "Margin",
    ):
        assert words in page, words


@pytest.mark.parametrize(
    ("typed", "credit", "clawback"),
    [
        ("15", "$15.00", "-$10.00"),
        ("1/3", "$15.00", "-$10.00"),
        ("-9", "$36.00", "-$24.00"),
        ("20%", "$9.00", "-$6.00"),
    ],
)
def test_effects_follow_the_typed_amount(
    typed: str, credit: str, clawback: str, manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    with unchanged():
        part = client.post(f"/lane/D-{dispute.number}/effects/", {"amount": typed}, headers=HTMX).content.decode()
    assert f"In part {credit}" in part
    assert clawback in part


def test_an_unreadable_amount_is_said_at_the_field(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    part = client.post(f"/lane/D-{dispute.number}/effects/", {"amount": "half"}, headers=HTMX).content.decode()
    assert "is not an amount of money" in part
    part = client.post(f"/lane/D-{dispute.number}/effects/", {"amount": "45"}, headers=HTMX).content.decode()
    assert "A part is above zero and below the asked amount of $45.00." in part


def test_deciding_holds_then_commits(manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    following = make_dispute()
    response = client.post(
        f"/lane/D-{dispute.number}/decide/",
        {"kind": "partial", "amount": "1/3", "note": "A third.", "version": str(dispute.lock_version)},
    )
    assert response["Location"] == f"/lane/D-{following.number}/"
    assert f"D-{dispute.number} accepted in part" in client.get(response["Location"]).content.decode()
    assert Posting.objects.count() == 0
    money = client.get(f"/disputes/D-{dispute.number}/?tab=money").content.decode()
    assert "$15.00 is held for this decision." in money
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
        money = client.get(f"/disputes/D-{dispute.number}/?tab=money").content.decode()
    assert Adjustment.objects.get().amount_micros == -15_000_000
    assert "The buyer got $15.00 back." in money
    assert "Payable to the vendor" in money


def test_undo_takes_it_back_from_any_page(manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    client.post(f"/lane/D-{dispute.number}/decide/", {"kind": "accept"})
    page = client.get("/notifications/").content.decode()
    token = page.split('name="token" value="')[1].split('"')[0]
    response = client.post("/undo/", {"token": token, "next": f"/disputes/D-{dispute.number}/"})
    assert response["Location"] == f"/disputes/D-{dispute.number}/"
    assert "Nothing was posted and nobody was told." in client.get(response["Location"]).content.decode()
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.outcome) == (Stage.IN_REVIEW, None)
    with clock.shifted(TEN_MINUTES):
        assert operations.commit_due() == []
    assert 'id="undo"' not in client.get("/queue/").content.decode()


def test_undo_ends_with_its_window(manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    client.post(f"/lane/D-{dispute.number}/decide/", {"kind": "accept"})
    page = client.get("/queue/").content.decode()
    token = page.split('name="token" value="')[1].split('"')[0]
    with clock.shifted(timedelta(seconds=11)):
        assert 'id="undo"' not in client.get("/queue/").content.decode()
        client.post("/undo/", {"token": token})
        assert "is over" in client.get("/queue/").content.decode()
    assert client.post("/undo/", {"token": "forged"}).status_code == 303


def test_a_rejection_without_words_is_refused_and_keeps_everything(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    form = {"kind": "reject", "amount": "1/4", "findings": ["ROBOCALL"], "pressed": "reject"}
    with unchanged():
        response = client.post(f"/lane/D-{dispute.number}/decide/", form)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="1/4"' in page
    assert "Please add a few words" in page
    assert "EXPLANATION_REQUIRED" in page


def test_a_stale_page_is_refused_with_409(manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    form = {"kind": "accept", "version": str(dispute.lock_version + 5), "note": "My words."}
    response = client.post(f"/lane/D-{dispute.number}/decide/", form)
    assert response.status_code == 409
    assert "was changed meanwhile" in response.content.decode()
    assert "My words.</textarea>" in response.content.decode()


@pytest.mark.parametrize("chosen", [{}, {"kind": ""}, {"kind": "acept"}])
def test_an_unknown_decision_is_refused_and_keeps_everything(
    chosen: dict[str, str], manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    with unchanged():
        response = client.post(f"/lane/D-{dispute.number}/decide/", {"amount": "1/4", "note": "My words.", **chosen})
    page = response.content.decode()
    assert response.status_code == 422
    assert "My words.</textarea>" in page
    assert 'value="1/4"' in page
    assert "DECISION_NOT_OFFERED" in page


def test_the_lease_lasts_while_the_case_is_on_screen(
    manager: Principal, other_manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    page, lease = f"/lane/D-{dispute.number}/", f"/lane/D-{dispute.number}/lease/"
    assert f'hx-post="{lease}" hx-trigger="load, every 45s"' in client.get(page).content.decode()
    dispute.refresh_from_db()
    assert dispute.stage == Stage.PENDING
    assert client.post(lease, headers=HTMX).status_code == 204
    assert lease not in signed_in(other_manager).get(page).content.decode()
    dispute.refresh_from_db()
    before, version = dispute.claimed_until, dispute.lock_version
    with clock.shifted(timedelta(seconds=45)):
        response = client.post(lease, headers=HTMX)
        assert signed_in(other_manager).post(lease, headers=HTMX).status_code == 409
    dispute.refresh_from_db()
    assert (response.status_code, response.content) == (204, b"")
    assert before is not None
    assert dispute.claimed_until is not None
    assert dispute.claimed_until - before >= timedelta(seconds=44)
    assert dispute.lock_version == version


def test_a_case_is_taken_and_put_back(manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    client.post(f"/lane/D-{dispute.number}/lease/", headers=HTMX)
    assert f"D-{dispute.number}" in client.get("/queue/?tab=mine").content.decode()
    client.post(f"/lane/D-{dispute.number}/later/", {"until": "back"})
    assert "put back" in client.get("/queue/").content.decode()
    assert f"D-{dispute.number}" not in client.get("/queue/?tab=mine").content.decode()
