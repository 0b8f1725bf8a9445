"""Many disputes at once: 600 looked at, two changed meanwhile, committed, undone as one; a text read by two buyers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import EditItem, SubmitItem
from makegood.disputes.models import Decision, Dispute
from makegood.disputes.states import DecisionState, Stage
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.ledger.models import Posting
from makegood.notifications.models import Digest
from makegood.parties.entries import Principal
from tests.journeys.conftest import Person, Visit, leave_time_to_undo
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]
MANY = 600
AFTER_UNDO = timedelta(seconds=61)
PATIENCE = 60_000
"""Milliseconds that a step of 600 disputes may take where everything runs at once."""


def filed(world: World, buyer: Principal, count: int) -> list[Dispute]:
    """So many disputes of a buyer, each about a call of its own."""
    charges = [world.charge() for _ in range(count)]
    answers = operations.submit(buyer, items=[SubmitItem(one.pk, "SPAM", "A recording") for one in charges])
    assert all(answer.ok for answer in answers)
    return list(Dispute.objects.order_by("id"))


def select_all_that_the_filter_finds(person: Person) -> None:
    page = person.open("/queue/")
    bar = page.locator(".mg-bulk")
    assert not bar.is_visible()
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert "1 selected" in bar.inner_text()
    page.get_by_label(f"{MANY} that this filter finds").check()
    page.keyboard.press("a")
    page.wait_for_selector("text=Accept 600 disputes", timeout=PATIENCE)


@pytest.mark.slow
def test_a_bulk_of_600_with_two_changed_meanwhile_is_undone_as_one(committed_world: World, visit: Visit) -> None:
    world = committed_world
    leave_time_to_undo(world)
    buyer, manager = world.person("buyer", customer_number="B1"), world.person("manager")
    disputes = filed(world, buyer, MANY)
    person = visit(manager)
    select_all_that_the_filter_finds(person)
    page = person.page
    assert page.inner_text("h1") == "Accept 600 disputes"
    slip = page.inner_text(".mg-slip tbody").split("\t")
    assert [cell.strip() for cell in slip] == ["USD", "600", "$27,000.00", "$18,000.00", "-$9,000.00"]
    changed = disputes[3], disputes[400]
    edits = [EditItem(one.pk, {"description": "It was a recording, and it hung up."}) for one in changed]
    assert all(answer.ok for answer in operations.edit(buyer, items=edits))
    page.locator("#b-note").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=598 accepted, 2 changed meanwhile", timeout=PATIENCE)
    assert Dispute.objects.filter(stage=Stage.DECIDED).count() == 598
    for one in changed:
        assert f"{one} was changed meanwhile" in person.text()
    page.get_by_role("button", name="Undo all 598").click()
    page.wait_for_selector("text=598 decisions undone", timeout=PATIENCE)
    assert "No money moved, and nobody was told." in person.text()
    assert set(Decision.objects.values_list("state", flat=True)) == {DecisionState.UNDONE}
    assert (Posting.objects.count(), Digest.objects.filter(recipient=buyer.id).count()) == (0, 0)
    assert not JournalEvent.objects.filter(event="dispute.committed").exists()


def test_a_refusal_of_many_reads_each_buyers_own_words(committed_world: World, visit: Visit) -> None:
    world = committed_world
    acme = world.person("buyer", "acme", customer_number="B1")
    bolt = world.person("buyer", "bolt", customer_number="B2")
    first = operations.submit(acme, items=[SubmitItem(world.charge().pk, "SPAM", "A recording")])[0]
    charge = world.charge(customer=world.other_customer, zone=world.other_customer.zone, billed_micros=30_000_000)
    second = operations.submit(bolt, items=[SubmitItem(charge.pk, "SPAM", "A recording")])[0]
    person = visit(world.person("manager"), width=390)
    page = person.open("/queue/?group=vendor")
    page.get_by_role("link", name="Select these 2").click()
    page.wait_for_selector("text=2 selected")
    page.get_by_role("button", name="Reject…").click()
    page.wait_for_selector("text=Write the explanation first.")
    page.locator("#b-note").fill("We listened to the call of {number}, asked for ")
    page.get_by_role("button", name="{amount}").click()
    assert page.locator("#b-note").input_value().endswith("asked for {amount}")
    page.locator("[data-send]").click()
    page.wait_for_selector("text=Reject 2 disputes")
    page.locator("[data-send]").click()
    page.wait_for_selector("text=2 rejected")
    with clock.shifted(AFTER_UNDO):
        operations.commit_due()
    assert Dispute.objects.filter(stage=Stage.DECIDED).count() == 0
    for buyer, answer, amount in ((acme, first, "$45.00"), (bolt, second, "$30.00")):
        reader, number = visit(buyer), str(answer.data["number"])
        reader.open(f"/disputes/{number}/")
        assert f"We listened to the call of {number}, asked for {amount}" in reader.text()
