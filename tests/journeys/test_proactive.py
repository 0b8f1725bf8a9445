"""A proactive finding that credits: drawn, listened to, marked by keys, non-billable; buyer credited and told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from makegood.billing.states import Subkind
from makegood.disputes import operations
from makegood.disputes.models import Dispute, Review
from makegood.disputes.selectors.rows import live_credits
from makegood.disputes.states import Origin, Outcome, ReviewVerdict, Stage
from makegood.disputes.tests.reviewing import trusted, yesterday
from makegood.kernel import clock
from makegood.notifications import operations as notices
from makegood.parties.entries import SYSTEM
from makegood.parties.operations import change_settings
from tests.journeys.conftest import Person, Visit
from tests.recordings import ready_recording
from tests.world import World, build_world

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser"), pytest.mark.slow]

TITLE = "#lane-title"
PLAN: dict[str, Any] = {"sample_per_day": 2, "rules": {}}


def leads() -> World:
    """Two phone leads of yesterday in a program that reviews leads."""
    world = build_world("lead_review")
    change_settings(SYSTEM, program=world.program, settings={"proactive_review": PLAN})
    at = yesterday()
    for _ in range(2):
        facts = {"occurred_at": at, "received_at": at, "billed_at": at}
        ready_recording(world.charge(subkind=Subkind.LEAD, lead_channel="phone", recording_enabled=True, **facts))
    return world


def verdict_by_keys(person: Person) -> None:
    """Listen, mark by digit where it is heard, tag, note, and say non-billable."""
    page = person.page
    expect(page.locator("[data-player][data-ready]")).to_have_count(1)
    page.keyboard.press("Space")
    expect(page.locator("[data-now]")).not_to_have_text("0:00", timeout=15_000)
    page.keyboard.press("1")
    expect(page.locator('[name="at-ROBOCALL"]')).not_to_have_value("")
    page.keyboard.press("t")
    page.keyboard.type("Robo Call")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("A recorded voice about warranties.")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+N")


@pytest.mark.usefixtures("transactional_db")
def test_a_finding_nobody_asked_for_credits_and_the_next_one_comes(visit: Visit) -> None:
    world = leads()
    qa, buyer = trusted(world.person("qa")), world.person("buyer", customer_number="B1")
    person = visit(qa)
    page = person.open("/reviews/")
    page.get_by_role("button", name="Draw now").click()
    expect(page.locator("#reviews")).to_contain_text("Sample of today: 0 of 2")
    page.keyboard.press("Enter")
    expect(page.locator("#decide")).to_be_visible()
    first, second = Review.objects.order_by("pk")
    assert page.url.endswith(f"/reviews/{first.pk}/")
    verdict_by_keys(person)
    expect(page).to_have_url(f"{person.base}/reviews/{second.pk}/")
    expect(page.locator("#undo")).to_contain_text("Non-billable: D-")
    expect(page.locator("#lane-place")).to_have_text("1 of 2 today")
    first.refresh_from_db()
    assert (first.verdict, first.tags, first.reviewer_id) == (ReviewVerdict.NON_BILLABLE, ["robo call"], qa.id)
    dispute = Dispute.objects.get()
    assert (dispute.origin, dispute.stage, dispute.outcome) == (Origin.QA_PROACTIVE, Stage.DECIDED, Outcome.ACCEPTED)

    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    assert live_credits([dispute.pk])[dispute.pk].credit == 45_000_000
    notices.fold()
    notices.flush_due(now=clock.now() + timedelta(hours=6))
    theirs = visit(buyer)
    theirs.open(f"/disputes/{dispute}/")
    expect(theirs.page.locator("main")).to_contain_text("Review Completed")
    expect(theirs.page.locator("main")).to_contain_text("A recorded voice about warranties.")
    theirs.open("/leads/?range=all")
    expect(theirs.page.locator("main")).to_contain_text("Review Completed")
    expect(theirs.page.locator("main")).to_contain_text(re.compile("non-billable", re.IGNORECASE))
    theirs.open("/notifications/")
    expect(theirs.page.locator("main")).to_contain_text("reviewed")

    page.keyboard.press("Shift+B")
    expect(page.locator("#lane")).to_contain_text("Sample complete for today: 2 of 2.")
    assert set(Review.objects.values_list("verdict", flat=True)) == {"non_billable", "billable"}
