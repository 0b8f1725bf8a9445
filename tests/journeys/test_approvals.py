"""Second signatures in a browser: from the recommendation to the money, and what the author finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, HeardItem, SubmitItem
from makegood.disputes.models import Decision, Dispute, Recommendation
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.ledger.models import Adjustment
from makegood.parties.entries import Principal
from makegood.parties.models import User
from tests.journeys.conftest import Visit
from tests.recordings import ready_recording
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def with_limit(person: Principal, micros: int) -> Principal:
    """The same person, who decides up to an amount alone."""
    User.objects.filter(pk=person.id or 0).update(max_decision_micros={"USD": micros})
    return replace(person, max_decision_micros={"USD": micros})


def recommended(world: World, author: Principal, buyer: Principal) -> Dispute:
    """A dispute of 450.00 whose acceptance waits, with what was heard at which second."""
    charge = world.charge(billed_micros=450_000_000, payout_micros=300_000_000)
    ready_recording(charge)
    (filed,) = operations.submit(buyer, items=[SubmitItem(charge.pk, "SPAM", "An automated voice.")])
    heard = (HeardItem("ROBOCALL", 1_000, 3_000),)
    words = "A recorded voice from the first second on; nobody at the other end ever answers."
    decision = DecisionItem(filed.id or 0, DecisionKind.ACCEPT, None, words, ("ROBOCALL",), heard=heard)
    (answer,) = operations.decide_or_recommend(author, items=[decision])
    assert answer.data["state"] == "recommended", answer
    return Dispute.objects.get(pk=answer.id or 0)


def test_what_one_person_decides_above_their_limit_another_one_signs(committed_world: World, visit: Visit) -> None:
    author = with_limit(committed_world.person("manager", "Mia"), 100_000_000)
    second = committed_world.person("manager", "Noor")
    buyer = committed_world.person("buyer", "Ana", customer_number="B1")
    first, other = (recommended(committed_world, author, buyer) for _ in range(2))

    mia = visit(author)
    page = mia.open("/approvals/")
    expect(page.get_by_text("Nothing waits for a second signature.")).to_be_visible()
    assert page.get_by_role("button", name="Sign").count() == page.locator("details").count() == 0
    expect(page.get_by_text(f"Nobody signs their own decision; somebody else has to answer {first}.")).to_be_visible()

    noor = visit(second)
    page = noor.open("/approvals/")
    expect(page.locator("#n-approvals")).to_contain_text("2")
    expect(page.locator("[data-row]").first).to_contain_text("decided by Mia")
    expect(page.locator("[data-row]").first.locator("[data-party=vendor] .is-change")).to_have_text("-$300.00")
    assert page.get_by_role("link", name="0:01").count() == 2
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text(f"{first} signed: $450.00 credited")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(1)
    held = Decision.objects.get(dispute=first)
    assert (held.by_id, held.state, held.micros) == (author.id, "held", 450_000_000)

    page.keyboard.press("r")
    page.get_by_label("Why not?").fill("Listen to 0:41 again.")
    page.get_by_role("button", name="Give it back to Mia").click()
    expect(page.get_by_text("Nothing waits for a second signature.")).to_be_visible()
    declined = Recommendation.objects.get(dispute=other)
    assert (declined.state, declined.answered_by_id, declined.cause) == ("declined", second.id, "Listen to 0:41 again.")

    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    assert [one.amount_micros for one in Adjustment.objects.all()] == [-450_000_000]
    assert Recommendation.objects.get(dispute=first).decision_id == held.pk
