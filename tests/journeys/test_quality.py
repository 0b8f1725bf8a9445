"""Figures in a browser: drawn in both themes, a mark leads to its list, and the tables are there without scripts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.states import DecisionKind
from makegood.insights.operations import fold, rebuild
from makegood.insights.tests.world import release_journal
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def manager_of_history(committed_world: World) -> Principal:
    """Mature calls of three vendors, a part of them disputed and decided, and one that waits."""
    world, at = committed_world, clock.now() - timedelta(days=70)
    buyer, manager = world.person("buyer", customer_number="B1"), world.person("manager")
    with clock.frozen(at):
        for number in range(12):
            vendor = (world.vendor, world.other_vendor, None)[number % 3]
            charge = world.charge(vendor=vendor, occurred_at=at, received_at=at, billed_at=at)
            if number % 3 == 0:
                [answer] = operations.submit(buyer, items=[SubmitItem(charge.pk, "SPAM", "Automated voice")])
                item = DecisionItem(answer.id or 0, DecisionKind.ACCEPT, note="Heard it in full.")
                assert operations.decide(manager, items=[item])[0].ok
    with clock.frozen(at + timedelta(minutes=5)):
        operations.commit_due()
    assert operations.submit(buyer, items=[SubmitItem(world.charge().pk, "SPAM", "Automated voice")])[0].ok
    release_journal()
    fold()
    rebuild()
    return manager


def test_figures_are_drawn_and_marks_lead_to_lists(manager_of_history: Principal, visit: Visit) -> None:
    person = visit(manager_of_history)
    page = person.open("/quality/?of=disputed")
    page.wait_for_selector(".mg-chart.is-drawn svg")
    drawn = page.locator(".mg-chart.is-drawn svg")
    assert drawn.count() == page.locator("[data-chart]").count() == 2
    before = page.locator("#figure-groups svg").inner_html()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("was => document.querySelector('#figure-groups svg').innerHTML !== was", arg=before)
    assert page.locator("#figure-trend details").get_attribute("open") is None
    page.get_by_role("button", name="How is this computed?").first.click()
    assert "withdrawn within 10 minutes" in page.locator("#how-trend").inner_text()
    page.keyboard.press("Escape")
    page.select_option("select[name=period]", "365")
    page.wait_for_url(re.compile("period=365"))
    page.wait_for_selector("#figure-groups .mg-chart.is-drawn svg")
    page.locator("#figure-groups .mg-chart").click(position={"x": 200, "y": 36})
    page.wait_for_url(re.compile("/quality/disputes/"))
    assert "4 disputes" in person.text()
    assert page.locator("[data-row-open]").count() == 4


def test_exposure_on_a_phone(manager_of_history: Principal, visit: Visit) -> None:
    person = visit(manager_of_history, width=390, theme="dark")
    page = person.open("/exposure/")
    page.wait_for_selector(".mg-chart.is-drawn svg")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert "$45.00" in person.text()
    page.get_by_role("link", name="USD, 1 dispute").click()
    assert "1 dispute not decided yet" in person.text()
