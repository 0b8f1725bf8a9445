"""Evidence in the browser: dropped, pasted, removed, sent with the claim, looked at; and all of it without script."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import Page, expect

from makegood.disputes.models import Dispute
from makegood.evidence.models import File
from makegood.evidence.tests import made
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

GIVE = """([kind, files]) => {
  const data = new DataTransfer();
  for (const [name, type, content] of files) {
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    data.items.add(new File([bytes], name, {type}));
  }
  const zone = document.querySelector("[data-attach] .mg-drop");
  const options = {bubbles: true, cancelable: true};
  if (kind === "paste") {
    document.querySelector("#f-description").dispatchEvent(
      new ClipboardEvent("paste", {...options, clipboardData: data}));
    return;
  }
  zone.dispatchEvent(new DragEvent("dragover", {...options, dataTransfer: data}));
  zone.dispatchEvent(new DragEvent("drop", {...options, dataTransfer: data}));
}"""
NAMES = "[data-files] .mg-file-name"


def give(page: Page, kind: str, *files: tuple[str, str, bytes]) -> None:
    """Drop or paste files as a person does."""
    page.evaluate(GIVE, [kind, [(name, mime, base64.b64encode(content).decode()) for name, mime, content in files]])


def test_dropped_pasted_removed_sent_and_looked_at(committed_world: World, visit: Visit) -> None:
    charge = committed_world.charge().pk
    person = visit(committed_world.person("buyer", customer_number="B1"))
    page = person.open(f"/calls/{charge}/dispute/")
    give(page, "drop", ("door.png", "image/png", made.image("PNG", (800, 500))), ("note.txt", "text/plain", b"Tires."))
    expect(page.locator(NAMES)).to_have_text(["door.png", "note.txt"])
    give(page, "paste", ("image.png", "image/png", made.image("PNG", (600, 400), color="green")))
    expect(page.locator(NAMES)).to_have_text(["door.png", "note.txt", "image.png"])
    expect(page.locator("[data-attach-said]")).to_have_text("image.png attached.")
    page.fill("#f-description", "The caller asked for tires, three times.")
    give(page, "drop", ("drawing.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    expect(page.locator("[data-refused]")).to_contain_text("drawing.svg is none of the files that can be attached here")
    page.click("[aria-label='Remove note.txt']")
    expect(page.locator(NAMES)).to_have_text(["door.png", "image.png"])
    expect(page.locator("[data-attach-said]")).to_have_text("Removed.")
    page.check("[name=reason][value=SPAM]")
    assert page.input_value("#f-description") == "The caller asked for tires, three times."
    expect(page.locator("[data-send]")).to_contain_text("0 blocks")
    page.click("[data-send]")
    page.wait_for_url("**/sent/")
    dispute = Dispute.objects.get()
    assert [link.file.name for link in dispute.files.order_by("pk")] == ["door.png", "image.png"]

    page = person.open(f"/disputes/{dispute}/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("e")
    viewer = page.locator("dialog[data-viewer][open]")
    expect(viewer.locator("[data-viewer-place]")).to_have_text("1 of 2")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("[data-viewer-name]")).to_have_text("image.png")
    assert page.evaluate("document.querySelector('dialog[open] img').decode().then(() => true)")
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    with page.expect_download() as download:
        page.locator("main .mg-file-name").first.click()
    assert download.value.suggested_filename == "door.png"


def test_a_broken_upload_keeps_the_words_and_offers_the_file_again(committed_world: World, visit: Visit) -> None:
    charge = committed_world.charge().pk
    person = visit(committed_world.person("buyer", customer_number="B1"), width=390)
    page = person.open(f"/calls/{charge}/dispute/")
    page.fill("#f-description", "The caller asked for tires.")
    page.route("**/files/", lambda route: route.abort())
    give(page, "drop", ("note.txt", "text/plain", b"Tires."))
    waits = page.locator("[data-uploading]")
    expect(waits).to_contain_text("Not attached. The connection broke. What you typed is kept.")
    page.unroute("**/files/")
    page.click("text=Try again")
    expect(page.locator(NAMES)).to_have_text(["note.txt"])
    assert page.input_value("#f-description") == "The caller asked for tires."
    give(page, "drop", ("film.txt", "text/plain", b"x" * (10 * 1024 * 1024 + 1)))
    expect(page.locator("[data-uploading]")).to_contain_text("Larger than 10 MB, the most that one file may have.")
    assert File.objects.count() == 1
    page.wait_for_load_state("networkidle")
    # What the browser itself says of a broken connection.
    assert [line for line in person.trouble if not line.endswith("net::ERR_FAILED")] == []
    person.trouble.clear()


def test_without_script_files_come_with_the_form(committed_world: World, visit: Visit) -> None:
    charge = committed_world.charge().pk
    person = visit(committed_world.person("buyer", customer_number="B1"))
    browser = person.page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, storage_state=person.page.context.storage_state())
    page = context.new_page()
    page.goto(f"{person.base}/calls/{charge}/dispute/")
    page.fill("#f-description", "The caller asked for tires.")
    page.set_input_files("#attach-files", {"name": "door.png", "mimeType": "image/png", "buffer": made.image("PNG")})
    page.click("button:text-is('Attach')")
    assert page.locator(NAMES).all_inner_texts() == ["door.png"]
    assert page.input_value("#f-description") == "The caller asked for tires."
    page.click("[aria-label='Remove door.png'] >> visible=true")
    assert page.locator(NAMES).all_inner_texts() == []
    page.check("[name=reason][value=SPAM]")
    page.set_input_files("#attach-files", {"name": "call.wav", "mimeType": "audio/wav", "buffer": made.sound()})
    page.click("[data-send]")
    assert page.url.endswith("/sent/")
    assert [link.file.name for link in Dispute.objects.get().files.all()] == ["call.wav"]
    context.close()
