"""Messages through the browser: the manager's digest, the buyer's letter as a file, the vendor's view, quiet hours."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.notifications import operations as notices
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM, Principal
from makegood.web import mailing
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

LETTERS = {
    "notify": {
        "manager": {"channels": ["in_app"], "digest": "4h"},
        "buyer": {"channels": ["email"], "digest": "off", "per_decision": True},
        "vendor": {"channels": ["in_app"], "digest": "4h"},
    },
    "max_rounds": 2,
    "re_review": {"allowed": True, "requested_by": "buyer", "appeal_days": 10},
}


@pytest.fixture
def outbox(settings: Settings, tmp_path: Path) -> Callable[[], list[EmailMessage]]:
    """Mail lies in a folder, as in the demo; gives the letters that were written."""
    settings.EMAIL_BACKEND, settings.MAIL_FOLDER = "makegood.web.outbox.EmailBackend", str(tmp_path)

    def letters() -> list[EmailMessage]:
        files = sorted(tmp_path.glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    return letters


def gather() -> None:
    """What the worker does now."""
    with clock.shifted(timedelta(seconds=12)):
        operations.commit_due()
    notices.fold()


def deliver(after: timedelta) -> None:
    """What the worker does later, with its mail."""
    with clock.shifted(after):
        notices.fold()
        notices.flush_due()
        mailing.run()


def file(world: World, buyer: Principal, **facts: str) -> Dispute:
    """A dispute of the buyer on a new call of the vendor."""
    item = SubmitItem(world.charge(**facts).pk, "NOT_QUALIFIED", "The caller lives outside of the area.")
    return Dispute.objects.get(pk=operations.submit(buyer, items=[item])[0].id)


def test_a_digest_opens_exactly_its_disputes_and_is_put_away_by_key(committed_world: World, visit: Visit) -> None:
    world = committed_world
    buyers = [world.person("buyer", "bea", customer_number="B1"), world.person("buyer", "bob", customer_number="B1")]
    manager = visit(world.person("manager", "max"))
    early = file(world, buyers[0])
    gather()
    deliver(timedelta(hours=5))
    filed = [file(world, buyers[0]), file(world, buyers[1]), file(world, buyers[0])]
    withdrawn = file(world, buyers[1])
    assert operations.withdraw(buyers[1], items=[Ref(withdrawn.pk)])[0].ok
    gather()
    page = manager.open("/notifications/")
    expect(page.locator(".mg-gathering")).to_contain_text("3 new disputes submitted by Buyers")
    page.get_by_role("button", name="Deliver now").click()
    expect(page.locator("li[data-row]")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("e")  # the newest one is done
    expect(page.locator("li[data-row]")).to_have_count(1)
    expect(page.locator("[data-row-open]:focus")).to_contain_text("3 new disputes submitted by Buyers")
    page.keyboard.press("Shift+I")
    expect(page.locator(".mg-tabs .mg-count")).to_have_count(0)
    page.get_by_role("link", name="Done").click()
    expect(page.locator("li[data-row]")).to_contain_text("1 new dispute submitted by Buyers")
    page.get_by_role("link", name="New", exact=True).click()
    page.get_by_role("link", name="3 new disputes submitted by Buyers").click()
    for dispute in filed:
        expect(page.locator("main")).to_contain_text(f"D-{dispute.number}")
    for dispute in (early, withdrawn):
        assert f"D-{dispute.number}" not in manager.text()


def test_a_decision_reaches_the_buyer_by_mail_and_the_vendor_under_its_own_id(
    committed_world: World, visit: Visit, outbox: Callable[[], list[EmailMessage]]
) -> None:
    world = committed_world
    parties.change_settings(SYSTEM, program=world.program, settings=LETTERS)
    buyer, manager = world.person("buyer", "bea", customer_number="B1"), world.person("manager", "max")
    dispute = file(world, buyer, vendor_ref="NA-77", vendor_sub_id="s7")
    item = DecisionItem(
        dispute.pk, DecisionKind.PARTIAL, 15_000_000, note="A voice mail was left.", findings=("VOICEMAIL",)
    )
    assert operations.decide(manager, items=[item])[0].ok
    gather()
    deliver(timedelta(minutes=1))
    [letter] = outbox()
    label = f"D-{dispute.number}"
    assert (letter["To"], letter["Subject"]) == (
        "bea@test.example", f"{label} was accepted in part: $15.00 is credited.",
    )  # fmt: skip
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = (part.get_content() for part in letter.iter_parts())
    said = "> Voicemail, missed: A voicemail"
    for words in ("You asked for $45.00", "next bill", "A voice mail was left.", "Voicemail, missed", said):
        assert words in plain, words
    assert "by " in plain.split("ask for a re-review")[1].splitlines()[0]
    assert f"/disputes/{label}/" in plain
    assert f"<h1>{letter['Subject']}</h1>" in html

    person = visit(buyer)
    person.open(urlsplit(plain.split("Open: ")[1].splitlines()[0]).path)
    assert label in person.text()
    person.open(urlsplit(str(letter["List-Unsubscribe"]).strip(" <>")).path)
    person.page.get_by_role("button", name="Stop the e-mails").click()
    expect(person.page.locator("main")).to_contain_text("You will not get these by e-mail any more.")

    deliver(timedelta(hours=5))
    vendor = visit(world.person("vendor", "late", vendor_number="V1"), width=390)
    page = vendor.open("/adjusted-calls/")
    for words in ("NA-77", "s7", "$30.00", "-$10.00", "$20.00"):
        assert words in vendor.text(), words
    page.get_by_role("link", name="NA-77").click()
    assert "What changed the payout" in vendor.text()
    vendor.open("/payouts/")
    assert "-$10.00" in vendor.text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for secret in ("Acme", "45.00", "15.00", label):
        assert secret not in vendor.text()


def test_preferences_show_what_would_be_sent_and_keep_what_was_typed(committed_world: World, visit: Visit) -> None:
    world = committed_world
    buyer, manager = world.person("buyer", "bea", customer_number="B1"), visit(world.person("manager", "max"))
    file(world, buyer)
    file(world, buyer)
    gather()
    page = manager.open("/notifications/preferences/")
    page.get_by_label("New disputes submitted by Buyers, by e-mail").select_option("daily")
    page.get_by_label("Tell me nothing in these hours").check()
    page.get_by_label("From", exact=True).fill("21:30")
    page.get_by_label("Until").fill("21:30")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#ends-error")).to_contain_text("Quiet hours begin and end at different times.")
    assert page.get_by_label("From", exact=True).input_value() == "21:30"
    assert page.get_by_label("New disputes submitted by Buyers, by e-mail").input_value() == "daily"
    page.get_by_label("Until").fill("06:00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#notes")).to_contain_text("Saved.")
    preview = page.locator(".mg-preview")
    expect(preview).to_contain_text("E-mail to max@test.example")
    assert preview.inner_text().count("2 new disputes submitted by Buyers") == 3
    page.get_by_role("link", name="As a mail program shows it").click()
    expect(page.locator("h1")).to_have_text("2 new disputes submitted by Buyers")
    manager.open("/notifications/preferences/")
    assert page.get_by_label("Until").input_value() == "06:00"
