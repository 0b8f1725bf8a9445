"""The main job through the browser: a buyer disputes, a manager decides in part, everybody reads the same money."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import Stage
from makegood.kernel import clock
from makegood.ledger.models import Posting
from makegood.ledger.selectors import proof
from makegood.notifications import operations as notices
from makegood.notifications.models import Digest
from tests.journeys.conftest import TIME_TO_UNDO_S, Visit, leave_time_to_undo
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

AFTER_UNDO, AFTER_DIGEST = timedelta(seconds=TIME_TO_UNDO_S + 2), timedelta(hours=5)


AT_ONCE = """() => new MutationObserver((_, seen) => {
  const undo = document.querySelector("#undo [data-action='shell.undo']");
  if (undo) { seen.disconnect(); undo.click(); }
}).observe(document.body, { childList: true, subtree: true })"""
"""Takes a decision back in the very moment in which the page offers it."""


def later() -> None:
    """What the worker does once the undo window and the digest windows are over."""
    with clock.shifted(AFTER_UNDO):
        operations.commit_due()
    notices.fold()
    notices.flush_due(now=clock.now() + AFTER_DIGEST)


def file_a_dispute(page: Page) -> None:
    """From the call log to the number, as a buyer does it."""
    page.click("text=Dispute call >> nth=0")
    page.click("text=Bot traffic")
    page.fill("#f-description", "A recorded voice read an offer twice.")
    expect(page.locator("#verdict")).to_contain_text("This call can be disputed")
    expect(page.locator("#draft-state")).to_contain_text("Saved")
    page.click("text=Send for review")
    page.wait_for_url("**/sent/")


def test_a_call_is_disputed_decided_in_part_and_everybody_is_told(committed_world: World, visit: Visit) -> None:
    world = committed_world
    world.charge()
    buyer = visit(world.person("buyer", "bea", customer_number="B1"))
    manager = visit(world.person("manager", "max"))
    vendor = visit(world.person("vendor", "vera", vendor_number="V1"))

    file_a_dispute(buyer.open("/"))
    dispute = Dispute.objects.get()
    assert "It is the next one" in buyer.text()
    assert dispute.description == "A recorded voice read an offer twice."

    manager.open("/lane/")
    expect(manager.page.locator("#decide")).to_contain_text("Accept $45.00")
    manager.page.keyboard.press("1")
    manager.page.keyboard.press("n")
    manager.page.fill("#d-note", "The second half of the call was real.")
    manager.page.keyboard.press("Escape")
    manager.page.keyboard.press("p")
    manager.page.fill("#d-amount", "1/3")
    expect(manager.page.locator("#lane-money")).to_contain_text("In part $15.00")
    expect(manager.page.locator("#lane-money")).to_contain_text("-$10.00")
    manager.page.keyboard.press("Enter")
    expect(manager.page.locator("#undo")).to_contain_text(f"D-{dispute.number} accepted in part")

    buyer.open(f"/disputes/D-{dispute.number}/")
    assert "Pending" in buyer.text()
    assert "$15.00" not in buyer.text()
    assert "No adjustments." in vendor.open("/adjusted-calls/").inner_text("body")
    assert Posting.objects.count() == 0

    later()
    buyer.page.reload()
    assert "Accepted in part: $15.00 of $45.00 credited." in buyer.text()
    assert "The second half of the call was real." in buyer.text()
    row = vendor.open("/adjusted-calls/").inner_text("tbody tr")
    assert ("$30.00" in row, "-$10.00" in row, "$20.00" in row) == (True, True, True)
    manager.open(f"/disputes/D-{dispute.number}/?tab=money")
    assert "The buyer got $15.00 back." in manager.text()
    assert proof().holds

    for person, sentence in (
        (buyer, "1 dispute has been reviewed."),
        (vendor, "Call revenue for 1 call has been adjusted."),
        (manager, "1 new dispute submitted by Buyers"),
    ):
        person.open("/notifications/")
        person.page.click(f"text={sentence}")
        expect(person.page.locator("tbody tr.is-row")).to_have_count(1)
        person.open("/notifications/")
        expect(person.page.locator("li.is-read")).to_have_count(1)


def test_undo_leaves_no_posting_and_tells_nobody(committed_world: World, visit: Visit) -> None:
    world = committed_world
    leave_time_to_undo(world)
    world.charge()
    buyer = visit(world.person("buyer", "ben", customer_number="B1"), width=390)
    manager = visit(world.person("manager", "mia"))
    vendor = visit(world.person("vendor", "vic", vendor_number="V1"))
    file_a_dispute(buyer.open("/"))
    dispute = Dispute.objects.get()

    manager.open(f"/lane/D-{dispute.number}/")
    manager.page.keyboard.press("a")
    expect(manager.page.locator("#undo")).to_be_visible()
    manager.page.keyboard.press("z")
    expect(manager.page.locator("#say")).to_contain_text("Nothing was posted and nobody was told.")

    later()
    dispute.refresh_from_db()
    assert dispute.stage == Stage.IN_REVIEW
    assert Posting.objects.count() == 0
    assert not Digest.objects.exclude(template="new").exists()
    assert "Nothing new." in buyer.open("/notifications/").inner_text("body")
    assert "Nothing new." in vendor.open("/notifications/").inner_text("body")
    assert "Pending" in buyer.open(f"/disputes/D-{dispute.number}/").inner_text("body")


def test_an_undo_in_the_moment_it_is_offered_stays_on_the_page(committed_world: World, visit: Visit) -> None:
    world = committed_world
    leave_time_to_undo(world)
    (answer,) = operations.submit(
        world.person("buyer", "bo", customer_number="B1"),
        items=[SubmitItem(world.charge().pk, "SPAM", "Same voice again")],
    )
    manager = visit(world.person("manager", "mo"))
    manager.open(f"/lane/{answer.data['number']}/")
    manager.page.evaluate("window.isTheSamePage = true")
    manager.page.evaluate(AT_ONCE)
    manager.page.keyboard.press("a")
    expect(manager.page.locator("#say")).to_contain_text("Nothing was posted and nobody was told.")
    assert manager.page.evaluate("window.isTheSamePage")
    assert Dispute.objects.get().stage == Stage.IN_REVIEW


def test_many_are_decided_as_one_and_taken_back_as_one(committed_world: World, visit: Visit) -> None:
    world = committed_world
    leave_time_to_undo(world)
    buyer = world.person("buyer", "bob", customer_number="B1")
    items = [SubmitItem(world.charge().pk, "SPAM", "Same voice again") for _ in range(3)]
    operations.submit(buyer, items=items)
    manager = visit(world.person("manager", "mel"))

    manager.open("/queue/")
    manager.page.check("[data-pick-all]")
    expect(manager.page.locator("[data-picked]")).to_have_text("3")
    manager.page.keyboard.press("a")
    expect(manager.page.locator("h1")).to_have_text("Accept 3 disputes")
    assert "$135.00" in manager.text()
    manager.page.click("text=Accept 3 >> nth=-1")
    expect(manager.page.locator("#undo")).to_contain_text("3 disputes accepted")
    manager.open("/queue/")
    assert "Queue clear." in manager.text()
    manager.page.keyboard.press("z")
    expect(manager.page.locator("#undo")).to_have_count(0)
    manager.open("/queue/")
    expect(manager.page.locator("tbody tr.is-row")).to_have_count(3)
    assert Posting.objects.count() == 0
