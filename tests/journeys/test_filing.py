"""Filing through the browser: one by keyboard alone, several by paste, many by file, and one without script."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import FileChooser, Page, expect

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute, DisputeFile
from makegood.evidence.models import File
from makegood.parties.entries import SYSTEM
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

NOTE = {"name": "rate.txt", "mimeType": "text/plain", "buffer": b"The agreed rate is 0.02 per MB.\n"}


def press_to(page: Page, element: str) -> None:
    """Go to an element with the Tab key, as somebody without a mouse does; past the end it begins anew."""
    for _ in range(80):
        if page.evaluate("id => document.activeElement?.id === id", element):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{element} cannot be reached with the Tab key")


def choose_a_file(page: Page) -> None:
    """Open the field's dialog with the keyboard. A busy browser now and then swallows the first key."""
    opened: list[FileChooser] = []
    page.on("filechooser", lambda chooser: opened.append(chooser))
    for _ in range(6):
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        if opened:
            break
        press_to(page, "attach-files")
    opened[0].set_files(NOTE)  # type: ignore[arg-type]


def _has_come() -> bool:
    """Whether the file that the page names already has arrived."""
    return File.objects.exists()


def expect_resumed(page: Page) -> None:
    """A second tab goes on with the draft: its words, its amount, its file."""
    for _ in range(50):
        if Dispute.objects.filter(description="The agreed rate is lower.", stage="draft").exists() and _has_come():
            break
        page.wait_for_timeout(200)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#f-description")).to_have_value("The agreed rate is lower.")
    expect(other.locator("#f-amount")).to_have_value("20.25")
    expect(other.locator(".mg-file-name")).to_have_text("rate.txt")
    other.close()


def test_one_by_keyboard_alone_with_an_amount_and_evidence(committed_world: World, visit: Visit) -> None:
    world = committed_world
    program = operations.install_preset(SYSTEM, preset_key="telecom_billing", key="bills", currency="USD")
    charge = world.charge(program=program, subkind="data", unit="MB")
    page = visit(world.person("buyer", "ana", customer_number="B1")).open(f"/calls/{charge.pk}/dispute/")
    expect(page.locator("#verdict")).to_contain_text("Please choose a reason.")
    expect(page.locator("[data-send]")).to_contain_text("Send for review: 2 blocks, 0 notes")

    page.keyboard.press("3")
    expect(page.locator("input[name=reason]:checked")).to_have_value("WRONG_PRICE")
    press_to(page, "f-amount")
    page.keyboard.type("50%")
    expect(page.locator("#asked")).to_contain_text("You ask for $22.50 of $45.00")
    press_to(page, "f-slide")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#f-amount")).to_have_value("20.25")
    press_to(page, "f-description")
    page.keyboard.type("The agreed rate is lower.")
    expect(page.locator("[data-send]")).to_contain_text("Send for review: 0 blocks, 0 notes")
    expect(page.locator("#draft-state")).to_contain_text("Saved")
    press_to(page, "attach-files")
    choose_a_file(page)
    expect(page.locator(".mg-file-name")).to_have_text("rate.txt")

    expect_resumed(page)
    press_to(page, "f-description")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sent/")
    dispute = Dispute.objects.get()
    assert (dispute.amount_micros, dispute.description) == (20_250_000, "The agreed rate is lower.")
    assert DisputeFile.objects.filter(dispute=dispute).count() == 1
    expect(page.locator("h1")).to_have_text(str(dispute))
    expect(page.locator("main")).to_contain_text("It is the next one")
    page.go_back()
    page.locator("#f-description").press("Control+Enter")
    page.wait_for_url("**/sent/")
    assert Dispute.objects.exclude(stage="draft").count() == 1


def test_several_by_paste_with_one_refused(committed_world: World, visit: Visit) -> None:
    world = committed_world
    first, second, unbilled = world.charge(), world.charge(caller_e164="+12015550111"), world.charge(billed_at=None)
    late = world.charge()
    page = visit(world.person("buyer", "ana", customer_number="B1"), width=390).open("/disputes/new/")
    names = (first.external_id, "(201) 555-0111", unbilled.external_id, late.external_id, "call-none-9")
    page.locator("#m-names").fill("\n".join(names))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#missing")).to_contain_text("1 was not found, or is not yours: call-none-9")
    expect(page.locator("#lines")).to_contain_text("3 of 4 chosen, asking for $135.00")
    page.select_option(f"#m-reason-{world.program.pk}", "DUPLICATE")
    expect(page.locator("#lines")).to_contain_text("A caller who returns with another job is a new opportunity")
    page.select_option(f"#own-{first.pk}", "SPAM")
    page.locator("#m-description").fill("The same voice, three times.")
    expect(page.locator("[data-send]")).to_contain_text("Send 3 for review: 0 blocks, 2 notes")
    operations.submit(world.person("csr", "cleo"), items=[SubmitItem(late.pk, "BOT", "Asked by telephone.")])
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("2 sent for review, 1 refused")
    expect(page.locator("main")).to_contain_text("ALREADY_DISPUTED")
    reasons = dict(Dispute.objects.values_list("charge_id", "reason__code"))
    assert reasons == {first.pk: "SPAM", second.pk: "DUPLICATE", late.pk: "BOT"}
    page.click("text=Correct and send these again")
    expect(page.locator("#m-description")).to_have_value("The same voice, three times.")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_returns_file_with_a_result_per_row(committed_world: World, visit: Visit) -> None:
    world = committed_world
    first, second = world.charge(), world.charge()
    rows = (f"{first.external_id};Spam;Recorded voice", f"{second.external_id};spm;x", "nope-1;Spam;x")
    text = "\n".join(("Lead ID;Return reason;Comments", *rows))
    page = visit(world.person("buyer", "ana", customer_number="B1")).open("/disputes/returns/")
    page.set_input_files("#r-file", {"name": "r.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.click("text=Read the file")
    expect(page.locator("h1")).to_have_text("1 of 3 rows can be filed")
    expect(page.locator("main")).to_contain_text("Did you mean Spam?")
    page.keyboard.press("Shift+F")
    expect(page.locator("h1")).to_have_text("1 of 3 rows filed")
    with page.expect_download() as download:
        page.keyboard.press("e")
    answered = csv.DictReader(io.StringIO(download.value.path().read_text()))
    assert [(row["line"], row["dispute"], row["code"]) for row in answered] == [
        ("2", str(Dispute.objects.get()), ""),
        ("3", "", "UNKNOWN_REASON"),
        ("4", "", "NOT_FOUND"),
    ]


def test_the_form_works_without_script_and_over_a_lost_sign_in(committed_world: World, visit: Visit) -> None:
    world = committed_world
    charge = world.charge()
    person = visit(world.person("buyer", "ana", customer_number="B1"))
    browser, state = person.page.context.browser, person.page.context.storage_state()
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{person.base}/calls/{charge.pk}/dispute/")
    page.check("[value=DUPLICATE]")
    expect(page.locator(".mg-guideline >> visible=true")).to_contain_text("A caller who returns with another job")
    page.set_input_files("[name=files]", NOTE)  # type: ignore[arg-type]
    page.click("[data-send]")
    page.wait_for_url("**/sent/")
    assert DisputeFile.objects.filter(dispute__charge=charge).count() == 1
    second = world.charge()
    page.goto(f"{person.base}/calls/{second.pk}/dispute/")
    page.check("[value=SPAM]")
    page.fill("#f-description", "Typed before the sign-in was over")
    context.clear_cookies(name="sessionid")
    page.click("[data-send]")
    page.fill("#id_login", "ana@test.example")
    page.fill("#id_password", "correct horse battery")
    page.keyboard.press("Enter")
    expect(page.locator("#f-description")).to_have_value("Typed before the sign-in was over")
    expect(page.locator("input[name=reason]:checked")).to_have_value("SPAM")
    page.click("[data-send]")
    page.wait_for_url("**/sent/")
    assert Dispute.objects.filter(charge=second, stage="pending").exists()
    context.close()
