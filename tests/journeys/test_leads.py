"""The lead manager through the browser: two leads from Not Reviewed to Non-Billable, before and after the invoice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from makegood.billing.models import Charge
from makegood.billing.states import Subkind
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.notifications import operations as notices
from makegood.notifications.models import Digest
from makegood.parties.entries import Principal
from tests.journeys.conftest import Visit
from tests.world import World, build_world

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

WORDS = "Wanted to sell us tools. Called twice before; we said no on Monday."


@pytest.fixture
def leads(transactional_db: None) -> World:
    """A program that reviews leads."""
    return build_world("lead_review")


def arrived(world: World) -> tuple[Charge, Charge, Charge]:
    """A call that is not billed yet, a form that is, and a call that rang without an answer."""
    recorded = {"recording_enabled": True, "contact_name": "Avery Alder"}
    form = {"subkind": Subkind.LEAD, "lead_channel": "form", "answered": None, "duration_s": None}
    return (
        world.charge(**recorded, billed_at=None),
        world.charge(**form, contact_name="Blair Birch", contact_email="blair@mail.example"),
        world.charge(**recorded, answered=False, duration_s=0, disposition="no_answer"),
    )


def submit_in_popup(page: Page, charge: Charge) -> None:
    """Open the row, then the popup; choose a reason by its key, explain, send by keyboard."""
    page.click(f"#open-{charge.pk}")
    record = page.locator(f"#lead-{charge.pk} .mg-lead-record")
    expect(record).to_contain_text("Eligible for review")
    record.locator("text=Submit for review").click()
    dialog = page.locator("#submit-review")
    expect(dialog.locator("#submit-title")).to_be_focused()
    expect(dialog.locator("#verdict")).to_contain_text("Please choose a reason.")
    page.keyboard.press("3")
    expect(dialog.locator("input[name=reason]:checked")).to_have_value("SOLICITOR")
    dialog.get_by_label("Explanation").fill(WORDS)
    expect(dialog.locator("[data-send]")).to_contain_text("Send for review: 0 blocks, 0 notes")
    expect(dialog.locator("#draft-state")).to_contain_text("Saved")
    page.keyboard.press("Control+Enter")
    expect(dialog.locator("#submit-title")).to_contain_text("is submitted for review")
    expect(dialog).to_contain_text("2 to 3 business days")
    page.keyboard.press("Escape")
    expect(page.locator(f"#lead-{charge.pk} .is-review")).to_contain_text("Submitted for Review")


def expect_status(page: Page, base: str, charge: Charge, key: str, word: str) -> None:
    """The filter of a status lists the lead, and its row says so."""
    page.goto(f"{base}/leads/?status={key}")
    expect(page.locator(f"#lead-{charge.pk} .is-review")).to_contain_text(word)
    expect(page.locator("#said")).to_contain_text(word)


def decide(reviewer: Principal, charge: Charge, kind: DecisionKind) -> None:
    dispute = Dispute.objects.get(charge=charge)
    (answer,) = operations.decide(reviewer, items=[DecisionItem(dispute.pk, kind, note="A solicitor.")])
    assert answer.ok, answer


def expect_told(qa: Principal) -> None:
    """Quality assurance hears of what was submitted."""
    notices.fold()
    notices.flush_due(now=clock.now() + timedelta(hours=1))
    assert Digest.objects.filter(recipient=qa.id).exists()


def expect_on_the_list(desk: Page, kept_off: Charge, credited: Charge) -> None:
    """What was found before the invoice is told to the billing system, the other one is not."""
    expect(desk.locator("main")).to_contain_text("1 item")
    desk.click("text=Tell what is new")
    expect(desk.locator("#notes")).to_contain_text("says what not to bill")
    with desk.expect_download() as download:
        desk.click("text=Download CSV")
    told = download.value.path().read_text()
    assert kept_off.external_id in told
    assert credited.external_id not in told


def test_leads_go_through_the_four_statuses_to_non_billable(leads: World, visit: Visit) -> None:
    reviewer, qa = leads.person("manager", "lead-rae"), leads.person("qa", "lead-quinn")
    phone, form, missed = arrived(leads)
    person = visit(leads.person("buyer", "lead-ana", customer_number="B1"))
    page = person.open("/leads/")
    expect(page.locator("tbody[data-row]")).to_have_count(3)
    expect(page.locator(".mg-tabs")).to_contain_text("Not Reviewed 3")
    expect(page.locator(f"#lead-{form.pk}")).to_contain_text("Form")
    expect_status(page, person.base, phone, "not_reviewed", "Not Reviewed")

    page.click(f"#open-{missed.pk}")
    record = page.locator(f"#lead-{missed.pk} .mg-lead-record")
    expect(record).to_contain_text("Not eligible for review")
    expect(record).to_contain_text("The call was not answered; missed calls are billable.")
    expect(record.locator("text=Submit for review")).to_have_count(0)
    for charge in (phone, form):
        submit_in_popup(page, charge)
        expect_status(page, person.base, charge, "submitted", "Submitted for Review")
        page.goto(f"{person.base}/leads/")
    expect_told(qa)
    for charge in (phone, form):
        (claimed,) = operations.claim(reviewer, items=[Ref(Dispute.objects.get(charge=charge).pk)])
        assert claimed.ok, claimed
        expect_status(page, person.base, charge, "in_review", "In Review")
        decide(reviewer, charge, DecisionKind.ACCEPT)
    with clock.shifted(timedelta(minutes=2)):
        operations.commit_due()
    for charge, effect in ((phone, "Will not be on your bill."), (form, "Credit of $45.00 on your next bill.")):
        expect_status(page, person.base, charge, "completed", "Review Completed")
        expect(page.locator(f"#lead-{charge.pk} .is-outcome")).to_contain_text("Non-Billable")
        page.click(f"#open-{charge.pk}")
        expect(page.locator(f"#lead-{charge.pk} .mg-lead-record")).to_contain_text(effect)
    page.click("text=Metrics")
    expect(page.locator("main")).to_contain_text("Solicitor")

    expect_on_the_list(visit(reviewer).open("/do-not-bill/"), phone, form)
