"""Filing from the call log: the form, the live verdict, drafts, refusals that keep what was typed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import Origin, Stage
from makegood.kernel.money import format_money
from makegood.parties.entries import SYSTEM, Principal
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
    assert "1 waiting before yours" in sent


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
    assert "Please choose a reason that this program offers.</p>" in page
    assert '<a href="#f-reason">Please choose a reason that this program offers.</a>' in page
    assert "REASON_REQUIRED" in page


def test_a_lost_race_reads_like_a_rule(world: World, buyer: Principal, csr: Principal, signed_in: SignedIn) -> None:
    charge, client = world.charge(), signed_in(buyer)
    operations.submit(csr, items=[SubmitItem(charge.pk, "BOT", "Asked by telephone.")])
    with unchanged():
        response = client.post(f"/calls/{charge.pk}/dispute/", TYPED)
    page = response.content.decode()
    assert response.status_code == 409
    assert TYPED["description"] + "</textarea>" in page
    dispute = Dispute.objects.get(charge=charge)
    assert f'csr disputed this call just now: <a href="/disputes/D-{dispute.number}/">D-{dispute.number}</a>' in page


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
    assert saved.startswith("Saved")
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


def _bills(world: World) -> Charge:
    program = operations.install_preset(SYSTEM, preset_key="telecom_billing", key="bills", currency="USD")
    return world.charge(program=program)


PARTS = [("", 45_000_000), ("25", 25_000_000), ("50%", 22_500_000), ("1/3", 15_000_000), ("-20", 25_000_000)]


@pytest.mark.parametrize(("typed", "micros"), PARTS)
def test_an_amount_is_read_where_the_program_lets_the_buyer_ask_for_a_part(
    typed: str, micros: int, world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = _bills(world), signed_in(buyer)
    form = {"reason": "WRONG_PRICE", "description": "The agreed rate is lower.", "amount": typed}
    said = client.post(f"/calls/{charge.pk}/dispute/check/", form, headers=HTMX).content.decode()
    assert f'<b class="mg-money mg-strong">{format_money(micros, "USD")}</b>' in said
    client.post(f"/calls/{charge.pk}/dispute/", form)
    assert Dispute.objects.get(charge=charge).amount_micros == micros


BAD_AMOUNTS = [
    ("half", "BAD_AMOUNT", "&quot;half&quot; is not an amount of money."),
    ("1,234", "BAD_AMOUNT", "&quot;1,234&quot; is not an amount of money."),
    ("45.01", "AMOUNT_TOO_HIGH", "You asked $45.01; at most $45.00 can be disputed."),
    ("0", "AMOUNT_NOT_POSITIVE", "The amount has to be above zero."),
]


@pytest.mark.parametrize(("typed", "code", "sentence"), BAD_AMOUNTS)
def test_an_amount_that_cannot_be_asked_for_is_named_at_its_field(
    typed: str, code: str, sentence: str, world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = _bills(world), signed_in(buyer)
    form = {"reason": "WRONG_PRICE", "description": "Kept words.", "amount": typed}
    with unchanged():
        answer = client.post(f"/calls/{charge.pk}/dispute/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a href="#f-amount">{sentence}</a>' in page
    assert f"Code {code}" in page
    assert f'name="amount" value="{typed}"' in page
    assert "Kept words.</textarea>" in page


def test_where_the_whole_item_is_taken_there_is_no_amount_to_type(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    page = signed_in(buyer).get(f"/calls/{world.charge().pk}/dispute/").content.decode()
    assert 'name="amount"' not in page
    assert "You ask for the whole" in page


def test_what_stays_billable_under_a_reason_is_a_note_before_sending(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = world.charge(), signed_in(buyer)
    said = [
        client.post(f"/calls/{charge.pk}/dispute/check/", {"reason": code, "description": "x"}).content.decode()
        for code in ("DUPLICATE", "SPAM")
    ]
    guideline = "A caller who returns with another job is a new opportunity, so the call is billable."
    assert [guideline in one for one in said] == [True, False]
    assert "Send for review: 0 blocks, 1 note" in said[0]
    assert "Send for review: 0 blocks, 0 notes" in said[1]


def test_the_same_form_sent_twice_files_once_and_leads_to_the_same_place(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = world.charge(), signed_in(buyer)
    client.post(f"/calls/{charge.pk}/dispute/draft/", TYPED, headers=HTMX)
    page = client.get(f"/calls/{charge.pk}/dispute/").content.decode()
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    first = client.post(f"/calls/{charge.pk}/dispute/", {**TYPED, "ticket": ticket})
    with unchanged():
        second = client.post(f"/calls/{charge.pk}/dispute/", {**TYPED, "ticket": ticket})
        late_draft = client.post(f"/calls/{charge.pk}/dispute/draft/", TYPED, headers=HTMX)
    assert second["Location"] == first["Location"]
    assert "already open" in late_draft.content.decode()


def test_a_draft_keeps_the_amount(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    charge, client = _bills(world), signed_in(buyer)
    client.post(f"/calls/{charge.pk}/dispute/draft/", {"description": "Begun", "amount": "1/3"}, headers=HTMX)
    assert Dispute.objects.get(charge=charge).amount_micros == 15_000_000
    assert 'name="amount" value="15.00"' in client.get(f"/calls/{charge.pk}/dispute/").content.decode()
    client.post(f"/calls/{charge.pk}/dispute/draft/", {"description": "Begun", "amount": "what"}, headers=HTMX)
    assert 'name="amount" value=""' in client.get(f"/calls/{charge.pk}/dispute/").content.decode()


def test_the_form_of_somebody_elses_call_does_not_exist(
    world: World, other_buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = world.charge(), signed_in(other_buyer)
    with unchanged():
        for part in ("", "check/", "draft/"):
            answer = client.post(f"/calls/{charge.pk}/dispute/{part}", TYPED)
            assert (answer.status_code, "Not found, or not yours." in answer.content.decode()) == (404, True)


def test_what_is_expected_follows_the_clocks_of_the_program(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    program = operations.install_preset(SYSTEM, preset_key="lead_credit", key="leads", currency="USD")
    charge, client = world.charge(program=program), signed_in(buyer)
    form = {"reason": "WRONG_NUMBER", "description": "They wanted a bank."}
    sent = client.get(client.post(f"/calls/{charge.pk}/dispute/", form)["Location"]).content.decode()
    due = timezone.localtime(Dispute.objects.get().submitted_at, ZoneInfo("America/New_York")) + timedelta(hours=48)
    assert "typically 24 to 48 hours" in sent
    assert f"{due:%a %-d %b %H:%M}" in sent
    assert "You get an e-mail when it is decided." in sent
