"""Deciding at the desk and in bulk: effects first, then the decision, then undo."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.models import Dispute
from makegood.disputes.states import Outcome, Stage
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
    page = signed_in(manager).get(f"/disputes/D-{dispute.number}/").content.decode()
    for words in (
        "Accept: credit $45.00",
        "In part: credit $22.50",
        "-$30.00",
        "-$15.00",
        "Buyer is charged",
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
        part = client.post(f"/disputes/D-{dispute.number}/effects/", {"amount": typed}, headers=HTMX).content.decode()
    assert f"In part: credit {credit}" in part
    assert clawback in part


def test_an_unreadable_amount_is_said_at_the_field(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    part = client.post(f"/disputes/D-{dispute.number}/effects/", {"amount": "half"}, headers=HTMX).content.decode()
    assert "is not an amount of money" in part
    part = client.post(f"/disputes/D-{dispute.number}/effects/", {"amount": "45"}, headers=HTMX).content.decode()
    assert "A part is above zero and below the asked amount of $45.00." in part


def test_deciding_holds_then_commits(manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    following = make_dispute()
    response = client.post(
        f"/disputes/D-{dispute.number}/decide/",
        {"kind": "partial", "amount": "1/3", "note": "A third.", "version": str(dispute.lock_version)},
    )
    assert response["Location"] == f"/disputes/D-{following.number}/"
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
    client.post(f"/disputes/D-{dispute.number}/decide/", {"kind": "accept"})
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
    client.post(f"/disputes/D-{dispute.number}/decide/", {"kind": "accept"})
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
    form = {"kind": "reject", "amount": "1/4", "findings": ["ROBOCALL"]}
    with unchanged():
        response = client.post(f"/disputes/D-{dispute.number}/decide/", form)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="1/4"' in page
    assert "Please add a few words that explain it." in page
    assert "EXPLANATION_REQUIRED" in page


def test_a_stale_page_is_refused_with_409(manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    form = {"kind": "accept", "version": str(dispute.lock_version + 5), "note": "My words."}
    response = client.post(f"/disputes/D-{dispute.number}/decide/", form)
    assert response.status_code == 409
    assert "was changed meanwhile" in response.content.decode()
    assert "My words.</textarea>" in response.content.decode()


@pytest.mark.parametrize("chosen", [{}, {"kind": ""}, {"kind": "acept"}])
def test_an_unknown_decision_is_refused_and_keeps_everything(
    chosen: dict[str, str], manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    with unchanged():
        response = client.post(
            f"/disputes/D-{dispute.number}/decide/", {"amount": "1/4", "note": "My words.", **chosen}
        )
    page = response.content.decode()
    assert response.status_code == 422
    assert "My words.</textarea>" in page
    assert 'value="1/4"' in page
    assert "DECISION_NOT_OFFERED" in page


def test_the_lease_lasts_while_the_page_is_open(
    manager: Principal, other_manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    page, lease = f"/disputes/D-{dispute.number}/", f"/disputes/D-{dispute.number}/lease/"
    assert lease not in client.get(page).content.decode()
    assert client.post(lease).status_code == 409
    client.post(f"/disputes/D-{dispute.number}/claim/")
    assert f'hx-post="{lease}" hx-trigger="every 45s"' in client.get(page).content.decode()
    assert lease not in signed_in(other_manager).get(page).content.decode()
    dispute.refresh_from_db()
    before, version = dispute.claimed_until, dispute.lock_version
    with clock.shifted(timedelta(seconds=45)):
        response = client.post(lease, headers=HTMX)
        assert signed_in(other_manager).post(lease).status_code == 409
    dispute.refresh_from_db()
    assert (response.status_code, response.content) == (204, b"")
    assert before is not None
    assert dispute.claimed_until is not None
    assert dispute.claimed_until - before >= timedelta(seconds=44)
    assert dispute.lock_version == version


def test_claiming_and_releasing(manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    client.post(f"/disputes/D-{dispute.number}/claim/")
    assert "in your hands" in client.get(f"/disputes/D-{dispute.number}/").content.decode()
    assert f"D-{dispute.number}" in client.get("/queue/?tab=mine").content.decode()
    client.post(f"/disputes/D-{dispute.number}/release/")
    assert f"D-{dispute.number}" not in client.get("/queue/?tab=mine").content.decode()


def test_steps_that_are_not_possible_say_why(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    client.post(f"/disputes/D-{dispute.number}/decide/", {"kind": "accept"})
    page = client.get(f"/disputes/D-{dispute.number}/?tab=steps").content.decode()
    assert "Why not?" in page
    assert "Possible while in review or pending; this one is decided." in page


def previewed(page: str) -> str:
    return page.split('name="token" value="')[1].split('"')[0]


def test_many_are_previewed_then_decided_and_undone_as_one(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    disputes, client = [make_dispute() for _ in range(3)], signed_in(manager)
    done = make_dispute()
    client.post(f"/disputes/D-{done.number}/decide/", {"kind": "accept"})
    ids = [str(dispute.pk) for dispute in [*disputes, done]]
    with unchanged():
        page = client.post("/queue/preview/", {"kind": "accept", "id": ids}).content.decode()
    assert "Accept 3 disputes" in page
    assert "1 left out" in page
    assert ("$135.00" in page, "$90.00" in page, "-$45.00" in page) == (True, True, True)
    form = {"token": previewed(page), "kind": "accept", "id": ids, "note": ""}
    client.post("/queue/commit/", form)
    client.post("/queue/commit/", form)
    assert Dispute.objects.filter(stage=Stage.DECIDED, outcome=Outcome.ACCEPTED).count() == 4
    page = client.get("/queue/").content.decode()
    assert "3 disputes accepted" in page
    client.post("/undo/", {"token": previewed(page)})
    assert Dispute.objects.filter(stage=Stage.IN_REVIEW).count() == 3
    assert Posting.objects.count() == 0


def test_a_bulk_part_is_read_for_each_by_itself(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    one, other, client = make_dispute(), make_dispute(billed_micros=30_000_000), signed_in(manager)
    ids = [str(one.pk), str(other.pk)]
    page = client.post("/queue/preview/", {"kind": "partial", "id": ids, "amount": "1/3"}).content.decode()
    assert "$25.00" in page
    refused = client.post("/queue/commit/", {"token": previewed(page), "amount": "1/3", "note": " "})
    assert refused.status_code == 422
    assert "Please add a few words" in refused.content.decode()
    client.post("/queue/commit/", {"token": previewed(page), "amount": "1/3", "note": "A third each."})
    assert sorted(d.decided_micros or 0 for d in Dispute.objects.all()) == [10_000_000, 15_000_000]


def test_an_old_preview_is_shown_again_instead_of_committed(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    page = client.post("/queue/preview/", {"kind": "partial", "id": [str(dispute.pk)], "amount": "50%"})
    with unchanged():
        form = {"token": previewed(page.content.decode()), "amount": "75%", "note": "More."}
        again = client.post("/queue/commit/", form).content.decode()
    assert "the amount changed" in again
    assert "$33.75" in again


def test_a_changed_row_is_left_out_and_named(
    manager: Principal, buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    kept, changed, client = make_dispute(), make_dispute(), signed_in(manager)
    ids = [str(kept.pk), str(changed.pk)]
    page = client.post("/queue/preview/", {"kind": "accept", "id": ids}).content.decode()
    form = {"reason": "BOT", "description": "It was a recording."}
    signed_in(buyer).post(f"/disputes/D-{changed.number}/edit/", form)
    client.post("/queue/commit/", {"token": previewed(page)})
    page = client.get("/queue/").content.decode()
    assert "1 decided, 1 left out" in page
    assert f"D-{changed.number} was changed meanwhile" in page
