"""Following a dispute through the browser: question and answer, a finding at its second, another look, withdrawing."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import numpy
import pytest
import soundfile
from playwright.sync_api import FilePayload, expect

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute, DisputeFile, Heard
from makegood.disputes.states import Stage
from makegood.evidence.operations.attach import attach_recording
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.journeys.conftest import Person, Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser"), pytest.mark.slow]

AGAIN = {"reopen": True, "max_rounds": 2, "appeal_days": 14}
RATE, SECONDS, HEARD_S = 8_000, 30, 21
QUESTION, ANSWER = "Which number did they call from?", "From the one on the picture."
STAND_THERE = """(second) => new Promise((done) => {
  const audio = document.querySelector("[data-player] audio");
  audio.addEventListener("loadedmetadata", () => { audio.currentTime = second; done(); }, { once: true });
  audio.preload = "metadata";
  audio.load();
})"""


def give_recording(charge: Charge, folder: Path) -> None:
    """Half a minute of two tones that take turns."""
    at = numpy.arange(RATE * SECONDS) / RATE
    turns = numpy.sin(at * 3) > 0
    sound = numpy.stack([numpy.sin(at * 1_100) * turns, numpy.sin(at * 1_500) * ~turns], 1) * 0.3
    soundfile.write(folder / "call.wav", sound, RATE)
    attach_recording(SYSTEM, charge_id=charge.pk, path=folder / "call.wav")


def filed(buyer: Principal, *charges: Charge) -> list[Dispute]:
    answers = operations.submit(buyer, items=[SubmitItem(c.pk, "BOT", "A recorded voice.") for c in charges])
    return [Dispute.objects.get(pk=answer.id) for answer in answers]


def commit() -> None:
    with clock.shifted(timedelta(seconds=12)):
        operations.commit_due()


def ask_with_the_keyboard(manager: Person, dispute: Dispute) -> None:
    manager.open(f"/disputes/D-{dispute.number}/")
    manager.page.keyboard.press("i")
    expect(manager.page.locator("#ask-text")).to_be_focused()
    manager.page.keyboard.type(QUESTION)
    manager.page.keyboard.press("Control+Enter")
    expect(manager.page.locator("#notes")).to_contain_text("The question is asked.")


def answer_with_a_picture(buyer: Person, dispute: Dispute) -> None:
    buyer.open("/disputes/")
    buyer.page.click("text=Needs your answer")
    expect(buyer.page.locator("tbody tr.is-row")).to_have_count(1)
    buyer.page.click(f"text=D-{dispute.number}")
    expect(buyer.page.locator("#question")).to_contain_text(QUESTION)
    file: FilePayload = {"name": "calls.txt", "mimeType": "text/plain", "buffer": b"12:01 +1 312 555 0199"}
    buyer.page.set_input_files("#attach-files", files=[file])
    expect(buyer.page.locator("[data-attached]")).to_contain_text("calls.txt")
    buyer.page.fill("#q-text", ANSWER)
    buyer.page.focus("#q-text")
    buyer.page.keyboard.press("Control+Enter")
    expect(buyer.page.locator("#notes")).to_contain_text("Your answer is with the reviewer.")
    expect(buyer.page.locator("#count-answer")).to_have_count(0)


def reject_with_a_finding_at_its_second(manager: Person, dispute: Dispute) -> None:
    manager.open(f"/disputes/D-{dispute.number}/")
    expect(manager.page.locator("#tabs")).to_contain_text(ANSWER)
    expect(manager.page.locator(".mg-evidence")).to_contain_text("calls.txt")
    manager.open(f"/lane/D-{dispute.number}/")
    manager.page.evaluate(STAND_THERE, HEARD_S)
    manager.page.keyboard.press("8")
    field = manager.page.locator("[name=at-PRICE_SHOPPER]")
    expect(field).to_have_value("0:21")
    manager.page.keyboard.press("n")
    manager.page.keyboard.type("A person asked for prices.")
    manager.page.keyboard.press("Escape")
    manager.page.keyboard.press("r")
    expect(manager.page.locator("#lane-bar")).to_contain_text("Nothing was listened to.")
    manager.page.keyboard.press("r")
    expect(manager.page.locator("#undo")).to_contain_text(f"D-{dispute.number} rejected")


def play_what_was_heard(buyer: Person, dispute: Dispute) -> None:
    buyer.open(f"/disputes/D-{dispute.number}/")
    assert "Rejected: the charge of $45.00 stands." in buyer.text()
    buyer.page.click(".mg-decision [data-play-at]")
    expect(buyer.page.locator("[data-now]")).to_have_text(re.compile("0:2[1-9]"))


def test_a_dispute_is_followed_to_its_second_review(
    committed_world: World, visit: Visit, tmp_path: Path, evidence_here: Path
) -> None:
    world = committed_world
    change_settings(SYSTEM, program=world.program, settings=AGAIN)
    owner = world.person("buyer", "bea", customer_number="B1")
    heard, other = world.charge(), world.charge()
    give_recording(heard, tmp_path)
    dispute, second = filed(owner, heard, other)
    buyer, manager = visit(owner), visit(world.person("manager", "max"))

    ask_with_the_keyboard(manager, dispute)
    answer_with_a_picture(buyer, dispute)
    assert DisputeFile.objects.get().dispute_id == dispute.pk
    reject_with_a_finding_at_its_second(manager, dispute)
    buyer.open(f"/disputes/D-{dispute.number}/")
    assert "Price shopper" not in buyer.text()
    commit()
    assert Heard.objects.get().start_ms == HEARD_S * 1_000
    play_what_was_heard(buyer, dispute)

    buyer.page.click("text=Ask for a re-review >> nth=0")
    expect(buyer.page.locator("textarea:focus")).to_have_count(1)
    buyer.page.keyboard.type("The voice at the end is a machine.")
    buyer.page.keyboard.press("Control+Enter")
    expect(buyer.page.locator(".mg-title")).to_contain_text("round 2")
    expect(buyer.page.locator("#story")).to_contain_text("The voice at the end is a machine.")

    buyer.open(f"/disputes/D-{second.number}/")
    buyer.page.keyboard.press("w")
    expect(buyer.page.locator("#notes")).to_contain_text("is withdrawn. Nothing is credited.")
    second.refresh_from_db()
    assert second.stage == Stage.WITHDRAWN


def test_on_a_phone_everything_fits_and_credits_add_up(committed_world: World, visit: Visit) -> None:
    world = committed_world
    owner, manager = world.person("buyer", "ben", customer_number="B1"), world.person("manager", "mia")
    (dispute, waiting) = filed(owner, world.charge(tax_micros=3_600_000), world.charge())
    decided = visit(manager)
    decided.open(f"/lane/D-{dispute.number}/")
    decided.page.keyboard.press("a")
    expect(decided.page.locator("#undo")).to_be_visible()
    commit()
    buyer = visit(owner, width=320)
    places = ("", "?tab=decided", "?tab=answer", f"D-{dispute.number}/", f"D-{waiting.number}/")
    for path in (*(f"/disputes/{place}" for place in places), f"/disputes/D-{waiting.number}/withdraw/", "/credits/"):
        buyer.open(path)
        assert buyer.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    assert "-$48.60" in buyer.text()
