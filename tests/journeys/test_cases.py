"""A case worked through the browser: a question with its clock, money with its previews, why not, and a stale page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from makegood.disputes import operations
from makegood.disputes.entries import CommentItem, ReverseItem, SubmitItem, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import Stage
from makegood.journal.models import JournalEvent
from makegood.kernel.money import format_money
from makegood.ledger.models import Adjustment, Posting
from makegood.ledger.selectors import proof
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.journeys.conftest import Person, Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser"), pytest.mark.slow]

SETTINGS = {
    "auto_close": False,
    "reopen": True,
    "max_rounds": 5,
    "reversal_fee": {"default": "5.00", "max": "25.00"},
    "sla": {"decision": {"target_hours": 24, "breach_hours": 48}},
}
PARTIES = {"buyer": "AR", "vendor": "AP"}


def filed(world: World, buyer: Principal) -> Dispute:
    change_settings(SYSTEM, program=world.program, settings=SETTINGS)
    (answer,) = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "SPAM", "A recorded voice.")])
    return Dispute.objects.get(pk=answer.id)


def shown(person: Person) -> dict[str, str]:
    """The change that the slip shows for each party."""
    rows = person.page.locator("#effect tr[data-party]")
    return {row.get_attribute("data-party") or "": row.locator("td").nth(1).inner_text() for row in rows.all()}


def posted(kind: str, before: int) -> str:
    """What was posted since on the accounts of a kind, as a slip shows it: debit is charged, credit is given."""
    micros = sum(Posting.objects.filter(account__kind=kind).values_list("micros", flat=True)) - before
    return format_money(micros if kind == "AR" else -micros, "USD")


def balance(kind: str) -> int:
    return sum(Posting.objects.filter(account__kind=kind).values_list("micros", flat=True))


def walk_a_money_step(person: Person, key: str, title: str, **typed: str) -> dict[str, str]:
    """By its key onto the slip, typed, confirmed with Enter; what it showed is what was posted."""
    page, before = person.page, {kind: balance(kind) for kind in PARTIES.values()}
    page.keyboard.press(key)
    expect(page.locator("h1")).to_have_text(title)
    for name, text in typed.items():
        if name != "amount":
            page.fill(f"[name={name}]", text)
            continue
        with page.expect_response(re.compile("/steps/")):
            page.fill("[name=amount]", text)
        page.wait_for_function("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
    seen = shown(person)
    page.keyboard.press("Enter")
    expect(page.locator("#notes")).to_contain_text("D-")
    for party, kind in PARTIES.items():
        change = posted(kind, before[kind])
        assert seen[party] == ("–" if change == "$0.00" else change), (title, party)  # noqa: RUF001 - an en dash
    assert proof().holds
    return seen


def test_a_case_is_worked_from_question_to_reopening(committed_world: World, visit: Visit) -> None:
    world = committed_world
    buyer = world.person("buyer", "bea", customer_number="B1")
    dispute, manager = filed(world, buyer), visit(world.person("manager", "max"))
    page = manager.open(f"/disputes/{dispute}/")

    page.keyboard.press("i")
    expect(page.locator("#ask-text")).to_be_focused()
    expect(page.locator(".mg-steps details[open]")).to_contain_text("due within 72 hours")
    page.keyboard.type("Which number did they call from?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".mg-asked")).to_contain_text("Waiting for the customer’s answer.")  # noqa: RUF001 - typeset
    operations.keep_clocks()
    page.reload()
    expect(page.locator(".mg-case-facts .mg-due")).to_contain_text("answer")
    operations.provide_info(buyer, items=[WordsItem(dispute.pk, "From the one on the bill.")])
    page.reload()
    expect(page.locator("#story")).to_contain_text("From the one on the bill.")

    page.keyboard.press("n")
    page.keyboard.type("Sounds like the machine of last week.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#story")).to_contain_text("internal note")
    page.click("#why-not summary")
    expect(page.locator("#why-not")).to_contain_text(f"{dispute} has no credit that could be reversed.")
    page.keyboard.press("v")
    page.wait_for_url("**?tab=policy")
    expect(page.locator("h2 >> text=The same today")).to_be_visible()

    seen = walk_a_money_step(manager, "Shift+A", "Credit at once", amount="1/3", note="A third is fair.")
    assert seen == {"buyer": "-$15.00", "vendor": "-$10.00", "margin": "-$5.00"}
    expect(page.locator("#tabs")).to_contain_text("The buyer got $15.00 back.")
    assert walk_a_money_step(manager, "Shift+V", "Reverse the credit")["buyer"] == "$15.00"
    assert walk_a_money_step(manager, "Shift+F", "Charge the reversal fee", amount="7.50")["buyer"] == "$7.50"
    page.keyboard.press("Shift+C")
    expect(page.locator("#effect .btn-primary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#notes")).to_contain_text("is closed.")
    page.keyboard.press("Shift+O")
    expect(page.locator("#s-note")).to_be_focused()
    page.keyboard.type("New evidence came in.")
    page.keyboard.press("Enter")
    expect(page.locator("#notes")).to_contain_text("is open again.")
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.round) == (Stage.PENDING, 2)

    page.click("text=Audit")
    expect(page.locator(".mg-audit tbody tr")).to_have_count(
        JournalEvent.objects.filter(object_kind="dispute", object_id=dispute.pk).count()
    )
    page.click("h1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/lane/{dispute}/"))


def test_a_stale_page_and_one_without_script(committed_world: World, visit: Visit) -> None:
    world = committed_world
    dispute = filed(world, world.person("buyer", "ben", customer_number="B1"))
    mia, max_ = world.person("manager", "mia"), world.person("manager", "max")
    manager = visit(max_, width=390)
    browser = manager.page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, storage_state=manager.page.context.storage_state())
    page = context.new_page()
    page.goto(f"{manager.base}/disputes/{dispute}/")
    page.click("text=Credit at once")
    page.fill("[name=amount]", "50%")
    page.fill("[name=note]", "Half of it.")
    page.click("button:text('Credit $45.00')")
    assert "The figures are others than those you saw." in page.inner_text("main")
    assert "-$22.50" in page.inner_text("#effect")
    page.click("button:text('Credit $22.50')")
    assert "The buyer got $22.50 back." in page.inner_text("main")

    page.click("text=Close…")
    page.fill("[name=note]", "Nothing more comes.")
    operations.reverse(mia, items=[ReverseItem(dispute.pk, note="Wrong call")])
    operations.comment(mia, items=[CommentItem(dispute.pk, "See the other case.")])
    page.click("button:text('Close')")
    said = page.inner_text("main")
    assert ("was changed meanwhile" in said, "mia" in said, "dispute.reversed" in said) == (True, True, True)
    assert page.input_value("[name=note]") == "Nothing more comes."
    page.click("button:text('Close')")
    dispute.refresh_from_db()
    assert dispute.stage == Stage.CLOSED
    assert Adjustment.objects.count() == 2
    context.close()

    page = manager.open(f"/disputes/{dispute}/")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.click("text=Recording")
    page.wait_for_url("**?tab=recording")
    expect(page.locator("#tabs")).to_contain_text("There is no recording of this call.")
