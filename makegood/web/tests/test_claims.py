"""Filing from the call log: the form, the live verdict, drafts, refusals that keep what was typed."""

from __future__ import annotations

from makegood.disputes.models import Dispute
from makegood.disputes.states import Origin, Stage
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

HTMX = {"HX-Request": "true"}
TYPED = {"reason": "SPAM", "description": "Automated voice, hung up when we spoke"}


def test_sending_leads_to_the_number_and_the_place_in_the_queue(
    world: World, buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    make_dispute()
    charge, client = world.charge(), signed_in(buyer)
    form = client.get(f"/calls/{charge.pk}/dispute/").content.decode()
    assert "Send for review" in form
    assert "A sales pitch" in form
    response = client.post(f"/calls/{charge.pk}/dispute/", TYPED)
    dispute = Dispute.objects.get(charge=charge)
    assert response["Location"] == f"/disputes/D-{dispute.number}/sent/"
    assert (dispute.stage, dispute.origin, dispute.amount_micros) == (Stage.PENDING, Origin.BUYER, 45_000_000)
    sent = client.get(response["Location"]).content.decode()
    assert f"D-{dispute.number}" in sent
    assert "1 dispute waits" in sent


def test_a_representative_files_for_a_customer(world: World, csr: Principal, signed_in: SignedIn) -> None:
    charge = world.charge()
    signed_in(csr).post(f"/calls/{charge.pk}/dispute/", TYPED)
    assert Dispute.objects.get(charge=charge).origin == Origin.CSR


def test_a_missing_reason_is_named_at_its_field_and_keeps_the_text(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = world.charge(), signed_in(buyer)
    with unchanged():
        response = client.post(f"/calls/{charge.pk}/dispute/", {"description": "Nobody spoke, twice."})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Nobody spoke, twice.</textarea>" in page
    assert page.count("Please choose a reason that this program offers.") == 2
    assert "REASON_REQUIRED" in page


def test_a_lost_race_reads_like_a_rule(
    world: World, buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    charge, client = world.charge(), signed_in(buyer)
    make_dispute(charge=charge)
    with unchanged():
        response = client.post(f"/calls/{charge.pk}/dispute/", TYPED)
    page = response.content.decode()
    assert response.status_code == 409
    assert TYPED["description"] + "</textarea>" in page
    assert "already open" in page


def test_the_verdict_strip_says_why_not(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    fine, unbilled = world.charge(), world.charge(billed_at=None)
    good = client.post(f"/calls/{fine.pk}/dispute/check/", TYPED, headers=HTMX).content.decode()
    bad = client.post(f"/calls/{unbilled.pk}/dispute/check/", TYPED, headers=HTMX).content.decode()
    assert "This call can be disputed" in good
    assert "Only billed items can be disputed." in bad
    assert "<!doctype" not in good + bad


def test_a_draft_is_kept_while_typing_and_becomes_the_dispute(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = world.charge(), signed_in(buyer)
    saved = client.post(f"/calls/{charge.pk}/dispute/draft/", TYPED, headers=HTMX).content.decode()
    assert saved.startswith("Draft saved")
    draft = Dispute.objects.get(charge=charge)
    assert draft.stage == Stage.DRAFT
    assert TYPED["description"] in client.get(f"/calls/{charge.pk}/dispute/").content.decode()
    assert "Continue draft" in client.get("/calls/").content.decode()
    assert f"/calls/{charge.pk}/dispute/" in client.get("/disputes/?tab=drafts").content.decode()
    client.post(f"/calls/{charge.pk}/dispute/", TYPED)
    draft.refresh_from_db()
    assert draft.stage == Stage.PENDING


def test_a_draft_can_be_saved_without_javascript(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    charge, client = world.charge(), signed_in(buyer)
    response = client.post(f"/calls/{charge.pk}/dispute/draft/", TYPED)
    assert response["Location"] == f"/calls/{charge.pk}/dispute/"
    assert "Draft saved." in client.get(response["Location"]).content.decode()


def test_withdrawing_and_changing_are_possible_until_it_is_decided(
    buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(buyer)
    changed = client.post(
        f"/disputes/D-{dispute.number}/edit/",
        {"reason": "BOT", "description": "It was a recording.", "version": str(dispute.lock_version)},
    )
    assert changed["Location"] == f"/disputes/D-{dispute.number}/"
    dispute.refresh_from_db()
    assert (dispute.reason.code if dispute.reason else "", dispute.description) == ("BOT", "It was a recording.")
    client.post(f"/disputes/D-{dispute.number}/withdraw/")
    dispute.refresh_from_db()
    assert dispute.stage == Stage.WITHDRAWN
    again = client.post(f"/disputes/D-{dispute.number}/edit/", {"reason": "SPAM", "description": "Kept words."})
    assert again.status_code == 422
    assert "Kept words.</textarea>" in again.content.decode()
