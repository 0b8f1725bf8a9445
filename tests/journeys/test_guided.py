"""A representative files three charges in one go, mends the one that is not valid, and receivables decide each line."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.models import Dispute, GuidedDispute, Submission
from makegood.kernel import clock
from tests.bills import bill, line, telecom
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

KEPT_AFTER_MS = 250
"""So long after a change the page keeps it."""


def expect_step(page: Page, number: int, question: str) -> None:
    """The page is at a step, and the focus is where it is read from."""
    expect(page).to_have_url(re.compile(rf"/step/{number}/$"))
    expect(page.locator(".mg-guided-head h2")).to_have_text(question)


def decide(page: Page, number: str, key: str, words: str, amount: str) -> None:
    """Decide one line from the page of the case, with the keyboard."""
    page.get_by_role("link", name=number, exact=True).click()
    expect(page.locator("#decide")).to_be_visible()
    if words:
        page.locator("#d-note").fill(words)
        page.keyboard.press("Escape")
    page.keyboard.press(key)
    if amount:
        page.locator("#d-amount").fill(amount)
        page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_contain_text(f"{number} ")


def choose_and_mend(page: Page, charges: list[Charge]) -> None:
    """The first four steps: a bill, three charges, one amount that is too high, mended; with Back and a reload."""
    expect_step(page, 1, "Which bill is it about?")
    expect(page.locator("table")).to_contain_text("+$72.50")
    page.get_by_label("Bill 4411").check()
    page.keyboard.press("Alt+ArrowRight")
    expect_step(page, 2, "Which charges are disputed?")
    for charge in charges:
        page.locator(f"#line-{charge.pk}").check()
    expect(page.locator("#guided-live")).to_contain_text("3 charges chosen, $74.99 left to dispute.")
    page.reload()
    expect(page.locator(f"#line-{charges[2].pk}")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    expect_step(page, 3, "How much of each is disputed?")
    first = page.locator(f"#amount-{charges[0].pk}")
    first.fill("60")
    expect(page.locator(f"#e-amount-{charges[0].pk}")).to_contain_text("$45.00")
    page.go_back()
    expect_step(page, 2, "Which charges are disputed?")
    expect(page.locator(f"#line-{charges[0].pk}")).to_be_checked()
    page.go_forward()
    expect(first).to_have_value("60")
    page.locator(f"#amount-{charges[1].pk}").fill("50%")
    page.keyboard.press("Control+Enter")
    expect_step(page, 4, "What the rules say")
    expect(page.locator("#guided-live")).to_contain_text("1 of 3 lines is not valid. Continue with 2?")
    first.fill("45")
    expect(page.locator("#guided-live")).to_contain_text("All 3 lines are valid: $64.99.")
    expect(page.locator(f"#v-{charges[0].pk}")).to_contain_text("Valid")
    page.get_by_role("button", name="Continue").click()


def explain_and_submit(page: Page) -> None:
    """The last three: type, reason, words, a document, and a double click on Submit."""
    expect_step(page, 5, "Why does the customer dispute it?")
    page.get_by_label("Incorrect billing").check()
    page.get_by_label("Wrong price").check()
    page.get_by_text("Another reason for a single charge").click()
    page.get_by_label("Late fee").select_option(label="Unauthorized use")
    expect(page.locator("#guided-questions")).to_contain_text("Unauthorized use: what the reviewer asks")
    page.reload()
    expect(page.get_by_label("Late fee")).to_have_value("UNAUTHORIZED_USE")
    page.get_by_label("Which price was agreed?").fill("40.00")
    page.get_by_label("What the customer says").fill("The contract says 40 a month.")
    page.keyboard.press("Control+Enter")
    expect_step(page, 6, "What supports it?")
    note = {"name": "contract.txt", "mimeType": "text/plain", "buffer": b"40.00 a month\n"}
    page.locator("#attach-files").set_input_files(note)  # type: ignore[arg-type]
    expect(page.locator(".mg-file-name")).to_have_text("contract.txt")
    page.get_by_role("button", name="Continue").click()
    expect_step(page, 7, "Read it back, then submit")
    expect(page.locator(".mg-guided-say")).to_contain_text("3 charges on bill 4411, $64.99 in all")
    page.get_by_role("button", name="Submit 3 lines, $64.99").dblclick()
    expect(page).to_have_url(re.compile(r"/done/$"))


def test_a_press_is_not_lost_while_the_page_keeps_what_is_typed(committed_world: World, visit: Visit) -> None:
    """Between a press that waits for an answer and that answer, something else changes and wants to be kept as well."""
    world = committed_world
    program = telecom(world)
    on = bill(world, 4411)
    charges = [line(world, on, program, n, f"Line {n}", 10_000_000) for n in (1, 2)]
    page = visit(world.person("csr", "ria")).open(f"/accounts/{world.customer.pk}/dispute/new/")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Bill 4411").check()
    page.get_by_role("button", name="Continue").click()
    expect_step(page, 2, "Which charges are disputed?")

    held: list[Route] = []
    page.route("**/step/2/", lambda route: route.continue_() if held else held.append(route))
    page.locator(f"#line-{charges[0].pk}").check()
    while not held:
        page.wait_for_timeout(20)
    page.get_by_role("button", name="Continue").click()
    page.locator(f"#line-{charges[1].pk}").check()
    page.wait_for_timeout(2 * KEPT_AFTER_MS)
    held[0].continue_()
    expect_step(page, 3, "How much of each is disputed?")
    for charge in charges:
        expect(page.locator(f"#amount-{charge.pk}")).to_be_visible()


@pytest.mark.slow
def test_three_charges_one_mended_one_number_and_an_outcome_each(committed_world: World, visit: Visit) -> None:
    world = committed_world
    program = telecom(world)
    on = bill(world, 4411)
    bill(world, 4400, total_micros=141_800_000, issued_at=clock.now() - timedelta(days=40))
    amounts = (("Fiber 500", 45_000_000), ("Premium Voice", 20_000_000), ("Late fee", 9_990_000))
    charges = [line(world, on, program, n, label, micros) for n, (label, micros) in enumerate(amounts, 1)]
    rita = visit(world.person("csr", "rita"))
    page = rita.open(f"/accounts/{world.customer.pk}/dispute/new/")
    page.get_by_role("button", name="Begin").click()
    choose_and_mend(page, charges)
    explain_and_submit(page)
    number = f"D-{Submission.objects.get().number}"
    expect(page.locator("h1")).to_have_text(number)
    page.get_by_role("link", name="Details").click()
    expect(page.locator(".mg-guided-details tbody tr").nth(2)).to_contain_text("Unauthorized use")
    expect(page.get_by_role("link", name=f"{number}.3")).to_be_visible()
    assert (Dispute.objects.count(), GuidedDispute.objects.get().state) == (3, "submitted")

    arthur = visit(world.person("billing", "arthur"))
    desk = arthur.open("/queue/")
    desk.get_by_role("link", name="Accounts receivable").click()
    expect(desk.locator(".mg-q-group-name")).to_contain_text(f"{number} 3 lines of Acme Plumbing")
    for place, (key, words, amount) in enumerate((("a", "", ""), ("p", "Half.", "4"), ("r", "Agreed.", "")), 1):
        decide(arthur.open(f"/submissions/{number}/"), f"{number}.{place}", key, words, amount)
    with clock.shifted(timedelta(minutes=1)):
        operations.commit_due()
    rita.open(f"/submissions/{number}/")
    chips = page.locator(".mg-guided-case .mg-chip").all_text_contents()
    assert [chip.strip() for chip in chips] == ["Credited", "Credited in part", "Denied"]
