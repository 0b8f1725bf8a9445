"""The policy editor through the browser: a policy edited, tried, published with a date, and in force from then on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.selectors.policy_trials import version_rows
from makegood.kernel import clock
from makegood.parties.models import User
from tests.journeys.conftest import Visit
from tests.refusals import refused
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]


def test_a_policy_is_edited_tried_published_and_effective(committed_world: World, visit: Visit) -> None:
    world = committed_world
    buyer = world.person("buyer", customer_number="B1")
    fresh = world.charge(external_id="RGB-1")
    world.charge(external_id="RGB-2", received_at=clock.now() - timedelta(days=3))
    page = visit(world.person("admin")).open("/admin/policies/")
    page.locator("main").get_by_role("link", name="Calls", exact=True).click()
    page.wait_for_selector("[data-action='policies.edit'][data-keys]")
    page.keyboard.press("e")
    page.get_by_role("link", name="Block when it was billed too long ago (no length is set).").click()
    page.get_by_label("Counts from").select_option("received")
    page.get_by_label("Length").fill("soon")
    page.get_by_role("button", name="Save rule 6").click()
    expect(page.get_by_text('"soon" is no whole number.')).to_be_visible()
    page.get_by_label("Length").fill("48")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("when it was received 48 hours (2 days) ago or more.")).to_be_visible()
    expect(page.locator("#impact")).to_contain_text("Of 2 charges that can be disputed now, 1 no longer could")
    expect(page.locator("#count-6")).to_have_text("stops 1 of 2")
    page.locator("#rule-6").get_by_role("link").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#rule-5")).to_contain_text("48 hours")
    expect(page.locator("#rule-5 button:focus")).to_have_count(1)
    page.locator("#rule-8").get_by_role("button", name="Remove rule 8").click()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#rule-8")).to_be_visible()
    page.get_by_label("Dispute numbers, call ids or charge numbers").fill("RGB-1 RGB-2")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator("#tried")).to_contain_text("Received 3 days ago; the limit is 2 days.")
    expect(page.locator(".mg-trial").first).to_contain_text("Can be disputed")
    page.get_by_role("link", name="Publish…").click()
    page.get_by_label("From a moment on").check()
    start = clock.now() + timedelta(days=1)
    page.get_by_label("Day and time").fill(start.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("On the clocks of").fill("UTC")
    page.get_by_label("Why, for whoever reads the history").fill("Two days, as agreed.")
    page.get_by_role("button", name="Publish 8 rules").click()
    expect(page.get_by_role("link", name="Version 2", exact=True)).to_be_visible()
    assert version_rows(world.program)[1].note == "Two days, as agreed."
    refusal = "Received 3 days 1 hour ago; the limit is 2 days."
    expect(visit(buyer).open(f"/calls/{fresh.pk}/").get_by_role("link", name="Dispute call")).to_be_visible()
    reader = Client()
    with clock.shifted(timedelta(days=3)):
        reader.force_login(User.objects.get(pk=buyer.id))
        assert refusal in reader.get(f"/calls/{fresh.pk}/").content.decode()
        (answer,) = operations.submit(buyer, items=[SubmitItem(fresh.pk, "SPAM", "A robot")])
        refused(answer, "WINDOW_EXPIRED", refusal)
