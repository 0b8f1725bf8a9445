"""The frame with the keyboard alone: the map of keys and its changes, palette, search, bell, program, phone drawer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute
from makegood.kernel import clock
from makegood.notifications import operations as notices
from makegood.notifications.selectors import cards
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import set_keys
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("browser")]


def disputed(world: World, buyer: Principal, count: int) -> list[Dispute]:
    """Calls of as many callers, each disputed."""
    charges = [world.charge(caller_e164=f"+121255501{number:02}").pk for number in range(count)]
    operations.submit(buyer, items=[SubmitItem(charge, "SPAM", "Automated voice") for charge in charges])
    return list(Dispute.objects.order_by("id"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def printed(page: Page) -> list[tuple[str, str]]:
    """The map as the help prints it: keys and what they do."""
    rows = page.locator("#help dl > div:visible").all()
    return [(row.locator("dt").inner_text().replace("\n", " "), row.locator("dd").inner_text()) for row in rows]


def remap(page: Page) -> None:
    """Give a key that another action has, read why not, and mend it."""
    page.goto(page.url.split("/disputes")[0] + "/preferences/keyboard/")
    page.fill("[name='list.next']", "b")
    page.fill("[name='list.previous']", "b")
    press(page, "Control+Enter")
    expect(page.locator("[role=alert]")).to_contain_text("“b” is the key of “Next row” already.")
    page.fill("[name='list.previous']", "")
    press(page, "Control+Enter")
    expect(page.locator("#notes")).to_contain_text("Saved.")


def test_the_map_of_keys_is_printed_changed_and_switched_off(committed_world: World, visit: Visit) -> None:
    buyer = committed_world.person("buyer", "bea", customer_number="B1")
    oldest = disputed(committed_world, buyer, 3)[0]
    page = visit(buyer).open("/disputes/?tab=pending")
    press(page, "?")
    expect(page.locator("#help")).to_be_visible()
    assert ("j", "Next row") in printed(page)
    assert ("gc", "Go to Calls") in [(keys.replace(" ", ""), text) for keys, text in printed(page)]
    press(page, "j")
    assert page.evaluate("document.activeElement.closest('#help') !== null")
    press(page, "Escape")

    remap(page)
    press(page, "g", "m")
    page.wait_for_url("**/disputes/")
    press(page, "j")
    assert page.evaluate("document.activeElement.id") == ""
    press(page, "b", "b", "b", "k")
    assert page.evaluate("document.activeElement.textContent").strip() == str(oldest)
    press(page, "?")
    assert [text for keys, text in printed(page) if keys == "b"] == ["Next row"]
    assert "Previous row" not in dict(printed(page)).values()
    press(page, "Escape", "o")
    page.wait_for_url(f"**/disputes/D-{oldest.number}/")
    expect(page.locator("[data-action='dispute.withdraw']").first).to_have_attribute("aria-keyshortcuts", "w")

    set_keys(buyer, single_keys=False, keys={})
    page.reload()
    press(page, "?", "/", "w")
    assert not page.locator("#help").is_visible()
    assert page.evaluate("document.activeElement === document.body")
    press(page, "Control+k")
    expect(page.locator("#palette")).to_be_visible()


def find(page: Page, dispute: Dispute, other: Dispute) -> None:
    """Straight to a dispute by what is suggested, and to a call by its caller."""
    press(page, "/")
    page.keyboard.type(str(dispute.number))
    expect(page.locator("#find")).to_have_attribute("aria-expanded", "true")
    press(page, "Escape")
    expect(page.locator("#find")).to_have_attribute("aria-expanded", "false")
    press(page, "ArrowDown", "Enter")
    page.wait_for_url(f"**/disputes/D-{dispute.number}/")
    press(page, "/")
    page.keyboard.type("(212) 555-0103")
    press(page, "Enter")
    page.wait_for_url(f"**/calls/{other.charge_id}/")


def ring(page: Page, manager: Principal) -> None:
    """Open the bell; what is read in another window is no longer counted here."""
    page.focus("[popovertarget=bell]")
    press(page, "Enter")
    expect(page.locator("#bell")).to_contain_text("4 new disputes submitted by Buyers")
    press(page, "Escape")
    expect(page.locator("#bell-count")).to_contain_text("1")
    notices.mark_read(manager, digest_ids=[card.id for card in cards(manager)])
    page.evaluate("document.getElementById('live').dispatchEvent(new CustomEvent('mg:live'))")
    expect(page.locator("#bell-count")).to_be_hidden()


def test_palette_search_bell_and_program_by_keyboard(committed_world: World, visit: Visit) -> None:
    world = committed_world
    operations.install_preset(SYSTEM, preset_key="lead_credit", key="leads", name="Leads", currency="USD")
    found = disputed(world, world.person("buyer", "bea", customer_number="B1"), 4)
    manager = world.person("manager", "max")
    notices.fold()
    notices.flush_due(now=clock.now() + timedelta(hours=5))
    page = visit(manager).open("/queue/")
    press(page, "j", "x", "j", "j", "Shift+X")
    assert [box.is_checked() for box in page.locator("[data-row-pick]").all()] == [True, True, True, False]
    expect(page.locator("[data-picked]").first).to_have_text("3")

    press(page, "Control+k")
    page.keyboard.type("calls")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Calls")
    expect(page.locator("#palette-q")).to_have_attribute("aria-activedescendant", re.compile(r"palette-\d+"))
    press(page, "ArrowDown", "ArrowUp", "Enter")
    page.wait_for_url("**/calls/")
    find(page, found[0], found[3])
    ring(page, manager)

    page.focus("[popovertarget=programs]")
    press(page, "Enter", "Tab", "Tab", "Tab", "Enter")
    expect(page.locator(".mg-switch")).to_contain_text("Leads")
    press(page, "g", "q")
    expect(page.locator("main")).to_contain_text("Leads alone.")
    expect(page.locator("#queue")).to_contain_text("Queue clear.")


def test_a_phone_has_everything_in_a_drawer(committed_world: World, visit: Visit) -> None:
    world = committed_world
    buyer = world.person("buyer", "bea", customer_number="B1")
    disputed(world, buyer, 2)
    person = visit(buyer, width=320)
    page = person.open("/calls/")
    press(page, "Tab")
    expect(page.locator(".mg-skip")).to_be_focused()
    expect(page.locator(".mg-skip")).to_be_in_viewport()
    press(page, "Enter")
    expect(page.locator("#main")).to_be_focused()
    page.click("[popovertarget=sheet] >> nth=0")
    drawer = page.locator("#sheet")
    expect(drawer.locator("[aria-current=page]")).to_have_text("Calls")
    expect(drawer.locator("#m-disputes")).to_contain_text("2")
    drawer.get_by_role("button", name="Close the menu").click()
    expect(drawer).to_be_hidden()
    page.click("[popovertarget=sheet] >> nth=0")
    drawer.get_by_role("link", name="My disputes").click()
    page.wait_for_url("**/disputes/")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.click("header a[aria-label=Search]")
    page.wait_for_url("**/search/")
    page.fill("#q", "0101")
    page.click("main >> text=Search >> nth=-1")
    expect(page.locator("main")).to_contain_text("1 call or lead for “0101”")
