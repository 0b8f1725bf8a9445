"""The log as a buyer works with it: narrow it by keyboard, open a row, select several, save a view; without scripts."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from makegood.kernel import clock
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]


def fill(world: World) -> None:
    """Four calls of today that can be disputed, one of last week that was not answered, one not billed."""
    for place in range(4):
        at = clock.now() - timedelta(hours=place + 1)
        world.charge(occurred_at=at, received_at=at, billed_at=at, caller_e164=f"+1212555014{place}")
    old = clock.now() - timedelta(days=6)
    world.charge(occurred_at=old, received_at=old, billed_at=old, answered=False, disposition="no_answer")
    world.charge(billed_at=None)


def expect_rows(page: Page, count: int) -> None:
    expect(page.locator("tbody[data-row]")).to_have_count(count)


def test_a_buyer_narrows_opens_and_selects_by_keyboard(committed_world: World, visit: Visit) -> None:
    fill(committed_world)
    buyer = visit(committed_world.person("buyer", "log-ana", customer_number="B1"))
    page = buyer.open("/calls/")
    expect_rows(page, 5)
    page.focus("#f-range")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect_rows(page, 4)
    expect(page.locator("#said")).to_contain_text("Showing 4")
    assert page.evaluate("document.activeElement.id") == "f-range"
    assert parse_qs(urlparse(page.url).query) == {"range": ["4d"]}

    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("tr.is-detail")).to_contain_text("Billed on")
    assert page.locator("[data-row-open]").first.get_attribute("aria-expanded") == "true"
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-picked]")).to_have_text("3")
    expect(page.locator(".mg-log-sum")).to_have_text("$135.00")
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page.locator("tr.is-detail")).to_have_count(2)
    assert page.locator("[data-row-pick]:checked").count() == 3
    page.keyboard.press("Shift+D")
    page.wait_for_url("**/disputes/new/?charge=*")
    assert len(parse_qs(urlparse(page.url).query)["charge"]) == 3
    page.go_back()
    expect_rows(page, 4)


def test_a_view_is_saved_and_a_part_of_the_sentence_removed(committed_world: World, visit: Visit) -> None:
    fill(committed_world)
    page = visit(committed_world.person("buyer", "log-vera", customer_number="B1")).open("/calls/?range=all")
    page.click("#f-more")
    page.select_option("#f-answered", "no")
    page.click(".mg-log-panel >> text=Show")
    expect_rows(page, 1)
    page.click("text=Save this view")
    page.fill("#v-name", "Missed calls")
    page.click("button:has-text('Save view')")
    expect(page.locator("#notes")).to_contain_text("Saved as “Missed calls”.")
    expect(page.locator(".mg-tabs a[aria-current]")).to_have_text("Missed calls")
    page.click("#drop-answered")
    expect_rows(page, 5)
    assert page.evaluate("document.activeElement.id") == "said"
    page.go_back()
    expect_rows(page, 1)
    page.click("text=Clear")
    expect_rows(page, 5)
    page.click(".mg-tabs >> text=Missed calls")
    expect_rows(page, 1)


def test_the_log_works_without_scripts_and_on_a_phone(committed_world: World, visit: Visit) -> None:
    fill(committed_world)
    person = visit(committed_world.person("buyer", "log-nora", customer_number="B1"), width=320)
    browser = person.page.context.browser
    assert browser is not None
    for path in ("/calls/?more=1", "/calls/?range=dates&from=2026-02-31"):
        page = person.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    state = person.page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{person.base}/calls/")
    page.select_option("#f-range", "4d")
    page.click(".mg-log-tools button:has-text('Show')")
    expect_rows(page, 4)
    page.check("[data-row-pick] >> nth=0")
    page.check("[data-row-pick] >> nth=1")
    page.click("text=Dispute selected")
    assert len(parse_qs(urlparse(page.url).query)["charge"]) == 2
    page.goto(f"{person.base}/calls/")
    page.click("[data-row-open] >> nth=0")
    assert "Billed on" in page.inner_text("main")
    assert "left" not in page.inner_text("h1")
    context.close()
