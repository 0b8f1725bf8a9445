"""The desk of re-reviews, the guidelines, further questions and their contacts, as pages without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from makegood.billing.models import Category
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, HeardItem, SubmitItem
from makegood.disputes.models import Dispute, Reason
from makegood.disputes.states import DecisionKind, RoundOrigin
from makegood.disputes.tests.test_heard import record
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, ContactWords, Principal
from makegood.parties.models import Contact
from makegood.parties.operations import change_settings, set_program_contact
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import World, standing_world

DESK = "/re-reviews/"


@pytest.fixture
def world(db: None) -> World:
    """A marketplace that gives credits."""
    return standing_world("lead_credit")


@pytest.fixture
def buyer(world: World) -> Principal:
    return world.person("buyer", customer_number="B1")


@pytest.fixture
def csr(world: World) -> Principal:
    return world.person("csr")


@pytest.fixture
def manager(world: World) -> Principal:
    return world.person("manager")


@pytest.fixture
def declined(world: World, buyer: Principal, manager: Principal) -> Dispute:
    """A plumbing call whose request was declined: a voicemail, heard at 0:12."""
    charge = world.charge(category=Category.objects.get(code="plumbing"), external_id="call-77")
    (filed,) = operations.submit(buyer, items=[SubmitItem(charge.pk, "NO_CALLER", "Nobody was there.")])
    dispute = Dispute.objects.get(pk=filed.id)
    record(dispute)
    item = DecisionItem(
        dispute.pk, DecisionKind.REJECT, note="A message was left.", findings=("VOICEMAIL",),
        heard=(HeardItem("VOICEMAIL", 12_000),),
    )  # fmt: skip
    assert operations.decide(manager, items=[item])[0].ok
    with clock.shifted(timedelta(seconds=61)):
        operations.commit_due()
    dispute.refresh_from_db()
    return dispute


def found(client: Client, text: str) -> str:
    return client.get(DESK, {"q": text}).content.decode()


@pytest.mark.parametrize("text", ["call-77", "(212) 555-0142", "212.555.0142", "+1 212/555/0142", "number", "d number"])
def test_a_decided_dispute_is_found_by_call_caller_and_number(
    declined: Dispute, csr: Principal, signed_in: SignedIn, text: str
) -> None:
    named = {"number": str(declined), "d number": f"d {declined.number}"}.get(text, text)
    page = found(signed_in(csr), named)
    for said in ("call-77", str(declined), "Nobody was there.", "Voicemail, missed", "0:12", "A message was left."):
        assert said in page
    assert "Look 2 of 2" in page


def test_without_a_decided_dispute_it_says_what_was_found(
    world: World, csr: Principal, buyer: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(csr)
    assert "No decided dispute for “nothing”; no call found." in found(client, "nothing")
    world.charge(), world.charge()
    page = found(client, "212 555 0142")
    assert "No decided dispute for this caller in 90 days; 2 calls found without dispute." in page
    long_ago = clock.now() - timedelta(days=91)
    world.charge(caller_e164="+12125550199", received_at=long_ago, occurred_at=long_ago)
    assert "this caller in 90 days; no call found" in found(client, "212 555 0199")


def test_a_re_review_is_asked_for_with_who_why_and_what_is_new(
    declined: Dispute, csr: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(csr)
    typed = {"q": "call-77", "number": declined.number_only, "version": declined.lock_version, "asked_by": "Bea"}
    with unchanged(but=("journal_event",)):
        refused = client.post(DESK, {**typed, "why": " ", "news": "The mailbox was empty."})
    page = refused.content.decode()
    assert (refused.status_code, "CAUSE_REQUIRED" in page, "The mailbox was empty." in page) == (422, True, True)
    done = client.post(DESK, {**typed, "why": "Another caller.", "news": "The mailbox was empty."})
    assert done.status_code == 303
    declined.refresh_from_db()
    assert (declined.round, declined.round_origin) == (2, RoundOrigin.RE_REVIEW)
    event = JournalEvent.objects.get(event="dispute.re_review_requested")
    assert (event.changes["cause"], event.changes["asked_for"]) == (
        "Another caller.\nNew: The mailbox was empty.",
        "Bea",
    )
    page = client.get(done["Location"]).content.decode()
    assert "for Bea" in page
    late = client.post(DESK, {**typed, "why": "Again."})
    assert late.status_code == 409


def test_a_manager_sees_who_decided_and_is_told_who_asks(
    declined: Dispute, manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    page = found(client, "call-77")
    assert "by manager" in page
    assert "only" in page.lower() or "representative" in page
    assert f"/disputes/D-{declined.number_only}/steps/reopen/" in page
    typed = {"q": "call-77", "number": declined.number_only, "why": "Look again."}
    with unchanged():
        assert client.post(DESK, typed).status_code == 403


def test_the_desk_is_not_for_buyers_and_finds_nothing_of_others(
    declined: Dispute, world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    assert signed_in(buyer).get(DESK).status_code == 404
    change_settings(SYSTEM, program=world.program, settings={"re_review": {"allowed": False}})
    csr = world.person("csr", "cleo")
    page = found(signed_in(csr), "call-77")
    assert "Have D-" not in page


def test_the_guidelines_name_valid_calls_reasons_of_ten_trades_and_the_contact(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    words = ContactWords("Nina Ortiz", "nina@operator.example")
    set_program_contact(SYSTEM, program_key=world.program.key, words=words)
    world.charge()
    client = signed_in(buyer)
    page = client.get("/guidelines/").content.decode()
    for said in ("Voicemail, missed", "Price shopper", "Nina Ortiz", "Gutters only"):
        assert said in page
    own = Reason.objects.filter(program=world.program, categories__isnull=False)
    trades = set(own.values_list("categories__name", flat=True))
    assert len(trades) == 10
    assert all(f"<h4>{name}</h4>" in page for name in trades)
    one = client.get(f"/guidelines/{world.program.key}/PRICE_SHOPPER/")
    assert "Somebody who asks for an estimate is a valid opportunity" in one.content.decode()
    assert client.get(f"/guidelines/{world.program.key}/NOTHING/").status_code == 404
    other = build_other()
    assert client.get(f"/guidelines/{other}/SPAM/").status_code == 404


def build_other() -> str:
    """The key of a program that the buyer has nothing to do with."""
    program = operations.install_preset(SYSTEM, preset_key="telecom_billing", key="bills", name="Bills", currency="USD")
    return program.key


def test_after_a_decision_the_contact_is_asked_and_before_it_nobody(
    declined: Dispute, world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    client, address = signed_in(buyer), f"/disputes/{declined}/further/"
    assert "Nobody is named for further questions here." in client.get(address).content.decode()
    words = ContactWords("Nina Ortiz", "nina@operator.example", "+1 212 555 0199")
    set_program_contact(SYSTEM, program_key=world.program.key, words=words)
    page = client.get(f"/disputes/{declined}/").content.decode()
    assert ("Ask Nina Ortiz" in page, "give your representative the call id" in page) == (True, True)
    with unchanged():
        refused = client.post(address, {"text": " "})
    assert (refused.status_code, "QUESTION_REQUIRED" in refused.content.decode()) == (422, True)
    assert client.post(address, {"text": "Why?"}).status_code == 303
    assert "Further question to Nina Ortiz" in client.get(f"/disputes/{declined}/").content.decode()
    (filed,) = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "WRONG_NUMBER", "Wrong firm.")])
    pending = Dispute.objects.get(pk=filed.id)
    early = client.post(f"/disputes/{pending}/further/", {"text": "When?"})
    assert (early.status_code, "NOT_DECIDED_YET" in early.content.decode()) == (409, True)


@pytest.mark.parametrize("whose", ["program", "customer"])
def test_a_contact_is_named_changed_and_taken_away_in_a_form(world: World, signed_in: SignedIn, whose: str) -> None:
    client = signed_in(world.person("admin"))
    of = f"programs/{world.program.key}" if whose == "program" else f"customers/{world.customer.pk}"
    address = f"/admin/{of}/contact/"
    typed = {"name": "Nina Ortiz", "email": "nina@operator.example", "phone": "1", "hours": "9 to 5", "user_email": ""}
    with unchanged():
        wrong = client.post(address, {**typed, "email": "nina"})
    assert (wrong.status_code, "is not an e-mail address." in wrong.content.decode()) == (422, True)
    assert client.post(address, typed).status_code == 303
    assert Contact.objects.get().name == "Nina Ortiz"
    assert "nina@operator.example" in client.get(address).content.decode()
    if whose == "program":
        assert "Nina Ortiz answers" in client.get(f"/admin/programs/{world.program.key}/").content.decode()
    assert client.post(address, dict.fromkeys(typed, "")).status_code == 303
    assert not Contact.objects.exists()


def test_the_request_stands_under_the_cost_and_goes_when_its_time_is_over(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(buyer)
    late = clock.now() - timedelta(hours=96, minutes=1)
    charge = world.charge()
    world.charge(received_at=late, occurred_at=late, billed_at=late)
    page = client.get("/calls/?range=all").content.decode()
    assert page.count("mg-under-cost") == 1
    assert "; the limit is 4 days." in page
    form = client.get(f"/calls/{charge.pk}/dispute/").content.decode()
    assert "It can be asked within 4 days (96 hours), until" in form
    assert "the reviewer may grant a part" not in form
    assert "A voicemail or missed call is still a sales opportunity" in form


def test_the_quality_page_counts_decisions_out_of_order(
    world: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    address = f"/quality/?program={world.program.pk}"
    assert "Every dispute was decided in its turn." in client.get(address).content.decode()
    ids = [
        operations.submit(buyer, items=[SubmitItem(world.charge().pk, "WRONG_NUMBER", "Wrong firm.")])[0].id or 0
        for _ in range(2)
    ]
    item = DecisionItem(ids[1], DecisionKind.ACCEPT, note="As heard.", cause="The buyer is on the phone.")
    assert operations.decide(manager, items=[item])[0].ok
    page = client.get(address).content.decode()
    assert "The buyer is on the phone." in page
    assert "Every dispute was decided in its turn." not in page
