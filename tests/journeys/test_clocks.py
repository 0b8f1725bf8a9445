"""The promise through the browser: seen by the buyer, standing still while a question is open, told day by day."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Calendar, Dispute, SlaClock
from makegood.disputes.states import ClockKind
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program
from makegood.parties.operations import change_settings
from tests.journeys.conftest import Person, Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser"), pytest.mark.slow]


def filed(world: World, buyer: Principal) -> Dispute:
    (answer,) = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "SPAM", "A robot")])
    return Dispute.objects.get(pk=answer.id)


def keep_clocks() -> None:
    """As the worker does; the journal is read as soon as no older transaction is open."""
    until = time.monotonic() + 60
    while operations.keep_clocks() and time.monotonic() < until:
        pass


def promise_two_days(admin: Person, world: World) -> None:
    """A calendar with hours and public holidays, and two business days by it."""
    page = admin.open("/admin/calendars/new/")
    page.locator("#f-key").fill("desk")
    page.locator("#f-name").fill("Our desk")
    page.get_by_label("Days are those of").fill("America/New_York")
    page.get_by_label("A day begins at").fill("09:00")
    page.get_by_label("A day ends at").fill("17:00")
    page.get_by_role("button", name="Make the calendar").click()
    expect(page.locator("main")).to_contain_text("Monday to Friday, 09:00 to 17:00, in America/New_York.")
    page.get_by_label("Public holidays of").select_option("DE")
    page.get_by_role("button", name="Look at them").click()
    page.get_by_label("Region").select_option("BY")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="Bayern, Germany")).to_be_visible()
    page.get_by_role("button", name="Add what is ticked").click()
    expect(page.locator("#notes")).to_contain_text("holidays added.")
    assert Calendar.objects.get(key="desk").holidays.filter(on=date(clock.now().year, 12, 25)).exists()
    decision = {"target_business_days": 2, "breach_business_days": 3}
    program = Program.objects.get(pk=world.program.pk)
    operations.set_clock_targets(
        SYSTEM, program=program, clocks={ClockKind.DECISION: decision}, calendar="desk", escalate={"at": "breach"}
    )
    page = admin.open(f"/admin/calendars/targets/{program.key}/")
    expect(page.get_by_role("group", name="Escalation").get_by_label("When")).to_have_value("breach")
    expect(page.locator("#due")).to_contain_text("at the latest")
    page = admin.open("/admin/calendars/")
    expect(page.locator("main")).to_contain_text("Decision within 2 business days, 3 business days at the latest")


def test_the_promise_is_seen_stands_still_and_shows_its_sum(committed_world: World, visit: Visit) -> None:
    world = committed_world
    buyer, manager, admin = (world.person(role, **at) for role, at in (
        ("buyer", {"customer_number": "B1"}), ("manager", {}), ("admin", {}),
    ))  # fmt: skip
    change_settings(admin, program=Program.objects.get(pk=world.program.pk), settings={"queue": {"order": "fifo"}})
    promise_two_days(visit(admin), world)
    dispute, later = filed(world, buyer), filed(world, buyer)
    keep_clocks()
    reader, desk = visit(buyer, width=390), visit(manager)
    promise = reader.open(f"/disputes/D-{later.number}/").locator("#promise")
    expect(promise).to_contain_text("typically 2 to 3 business days; by")
    expect(promise).to_contain_text("1 waiting before yours")
    expect(reader.open("/disputes/").locator("tbody")).to_contain_text("1 before it")
    desk.open(f"/disputes/D-{dispute.number}/")
    desk.page.keyboard.press("i")
    expect(desk.page.locator("#ask-text")).to_be_focused()
    desk.page.keyboard.type("Which number did they call from?")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.page.locator("#notes")).to_contain_text("The question is asked.")
    keep_clocks()
    promise = reader.open(f"/disputes/D-{dispute.number}/").locator("#promise")
    expect(promise).to_contain_text("stands still since")
    reader.page.fill("#q-text", "From the one on the bill.")
    reader.page.focus("#q-text")
    reader.page.keyboard.press("Control+Enter")
    expect(reader.page.locator("#notes")).to_contain_text("Your answer is with the reviewer.")
    keep_clocks()
    expect(reader.open(f"/disputes/D-{dispute.number}/").locator("#promise")).to_contain_text("It is the next one")
    reader.page.get_by_role("link", name="How this time is counted").click()
    expect(reader.page.locator("main")).to_contain_text("at the latest 17:00")
    desk.open(f"/disputes/D-{dispute.number}/")
    desk.page.get_by_role("link", name="Clocks", exact=True).click()
    expect(desk.page.locator("#tabs")).to_contain_text("at the latest 17:00")
    row = SlaClock.objects.get(dispute=dispute, kind=ClockKind.DECISION)
    assert row.breach_at is not None
    assert row.paused_at is None
    assert row.breach_at > row.started_at + timedelta(days=2)
    reader.page.set_viewport_size({"width": 320, "height": 700})
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 320
