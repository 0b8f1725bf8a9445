"""A request for credit from the Calls tab to a declined letter, a question, a re-review by caller id, and a credit."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from playwright.sync_api import expect

from makegood.billing.models import Category, Charge
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, HeardItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind, Stage
from makegood.kernel import clock
from makegood.ledger.models import Adjustment
from makegood.notifications import operations as notices
from makegood.parties.entries import SYSTEM, ContactWords, Principal
from makegood.parties.operations import change_settings, set_program_contact
from makegood.web import mailing
from tests.journeys.conftest import Person, Visit
from tests.recordings import ready_recording
from tests.world import World, build_world

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser"), pytest.mark.slow]

GUIDELINE = "A voicemail or missed call is still a sales opportunity, so the call is billable."
LATER, MUCH_LATER = timedelta(seconds=61), timedelta(days=2)


@pytest.fixture
def credits_world(transactional_db: None) -> World:
    """A marketplace that gives credits for calls, with somebody who answers further questions."""
    world = build_world("lead_credit")
    change_settings(SYSTEM, program=world.program, settings={"second_press": False})
    nina = ContactWords("Nina Ortiz", "nina@operator.example", "+1 212 555 0199", "Monday to Friday, 9 to 5")
    set_program_contact(SYSTEM, program_key=world.program.key, words=nina)
    return world


def declined(manager: Principal, dispute: Dispute) -> None:
    """Declined because of a voicemail that is heard at 0:02, committed and mailed."""
    item = DecisionItem(
        dispute.pk, DecisionKind.REJECT, note="The caller left a message for you.", findings=("VOICEMAIL",),
        heard=(HeardItem("VOICEMAIL", 2_000),),
    )  # fmt: skip
    (answer,) = operations.decide(manager, items=[item])
    assert answer.ok, answer
    deliver()


def deliver() -> None:
    """Commit what is held, and send what people are to be told."""
    with clock.shifted(LATER):
        operations.commit_due()
        notices.fold()
    with clock.shifted(MUCH_LATER):
        notices.flush_due(now=clock.now())
        mailing.run()


def request_credit(buyer: Person, charge: Charge) -> Dispute:
    """The buyer asks for credit from the log, having seen what counts as valid."""
    page = buyer.open("/calls/")
    button = page.locator("td.is-money .mg-under-cost")
    expect(button).to_have_text("Request credit")
    expect(page.locator(f"#call-{charge.pk}")).to_contain_text("left")
    button.click()
    expect(page.locator(".mg-valid")).to_contain_text(GUIDELINE)
    page.get_by_label("No caller on the line").check()
    expect(page.locator("#verdict")).to_contain_text(GUIDELINE)
    page.fill("#f-description", "Nobody was there when we picked up.")
    page.locator("[data-send]").click()
    expect(page.locator("h1")).to_contain_text("D-")
    return Dispute.objects.get()


def expect_edge(buyer: Person, charge: Charge, mark: str, *words: str) -> None:
    """The row of the charge has the edge of its state, and says it in words."""
    page = buyer.open("/calls/?range=all")
    row = f"#call-{charge.pk}"
    expect(page.locator(f"{row} .is-edge-{mark}").first).to_be_visible()
    for said in words:
        expect(page.locator(row)).to_contain_text(said)
    expect(page.locator(".mg-under-cost")).to_have_count(0)


def expect_letter(dispute: Dispute, program: str) -> None:
    """The letter names the guideline, what was heard and when, the way to a second look, and the contact."""
    (letter,) = mail.outbox
    for said in (
        f"{dispute} was rejected: the charge stands.", "The caller left a message for you.",
        "Voicemail, missed, at 0:02", f"> Voicemail, missed: {GUIDELINE}",
        f"/guidelines/{program}/VOICEMAIL/", "ask your representative",
        "Nina Ortiz answers them: nina@operator.example, +1 212 555 0199, Monday to Friday, 9 to 5.",
        f"/disputes/{dispute}/further/",
    ):  # fmt: skip
        assert said in letter.subject + str(letter.body)


def ask_further(buyer: Person, dispute: Dispute) -> None:
    """The buyer reads the guideline, and asks the contact, who gets the case."""
    page = buyer.open(f"/disputes/{dispute}/")
    expect(page.locator(".mg-decision")).to_contain_text(GUIDELINE)
    page.get_by_role("link", name="Read the guideline").click()
    expect(page.locator("h1")).to_have_text("Voicemail, missed")
    expect(page.locator("main")).to_contain_text("No caller on the line")
    page = buyer.open(f"/disputes/{dispute}/")
    page.get_by_role("link", name="Ask Nina Ortiz").click()
    page.fill("#q-text", "There was no message when I listened. Where is it?")
    page.get_by_role("button", name=re.compile("Send to Nina Ortiz")).click()
    expect(page.locator("#story")).to_contain_text("Further question to Nina Ortiz")
    deliver()
    question = mail.outbox[-1]
    assert question.to == ["nina@operator.example"]
    name, case, _ = question.attachments[0]
    assert (name, GUIDELINE in str(case)) == (f"{dispute}.txt", True)


def ask_again(csr: Person) -> None:
    """A representative finds the case by the caller's number and has it looked at again."""
    page = csr.open("/re-reviews/")
    page.fill("#r-q", "1 (212) 555.0142")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".mg-sought")).to_contain_text("0:02")
    page.get_by_label("Who asks").fill("Bea of Acme")
    page.get_by_label("New facts").fill("The mailbox was empty.")
    page.get_by_role("button", name="reviewed again").click()
    expect(page.get_by_role("alert")).to_contain_text("CAUSE_REQUIRED")
    expect(page.get_by_label("New facts")).to_have_value("The mailbox was empty.")
    page.get_by_label(re.compile("^Why")).fill("The message is not from this caller.")
    page.get_by_role("button", name="reviewed again").click()
    expect(page.locator("#under-way")).to_contain_text("for Bea of Acme")


def overturn(other: Person, dispute: Dispute) -> None:
    """Another reviewer gets it next, reads why, and accepts."""
    page = other.open("/lane/")
    expect(page.locator("#lane-title")).to_have_text(str(dispute))
    expect(page.locator("#lane-claim")).to_contain_text("The message is not from this caller.")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("3")
    page.keyboard.press("a")
    expect(page.locator("#d-note")).to_be_focused()
    page.fill("#d-note", "Nobody speaks; the message belongs to another call.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#undo")).to_contain_text(f"{dispute} accepted")


def test_a_credit_is_declined_by_guideline_questioned_reviewed_by_another_and_given(
    credits_world: World, visit: Visit
) -> None:
    world = credits_world
    charge = world.charge(category=Category.objects.get(code="plumbing"))
    ready_recording(charge)
    buyer = visit(world.person("buyer", "bea", customer_number="B1"))
    dispute = request_credit(buyer, charge)
    expect_edge(buyer, charge, "pending", "Credit requested")

    first = world.person("manager", "max")
    declined(first, dispute)
    expect_letter(dispute, world.program.key)
    ask_further(buyer, dispute)
    csr = visit(world.person("csr", "cleo"))
    ask_again(csr)

    one = visit(first)
    page = one.open(f"/lane/{dispute}/")
    expect(page.locator("#lane-bar")).to_contain_text(f"You decided {dispute} before; somebody else reviews it")
    dispute.refresh_from_db()
    assert dispute.stage == Stage.PENDING
    overturn(visit(world.person("manager", "mia")), dispute)
    deliver()
    assert Adjustment.objects.get().dispute_id == dispute.pk
    expect(csr.open("/re-reviews/").locator("#under-way")).to_contain_text("Approved")
    expect_edge(buyer, charge, "credited", "$45.00", "Approved")
