"""The catalogs as an administrator keeps them: a reason reaches the buyer's form, a cell the lane, words the bell."""

from __future__ import annotations

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.kernel import clock
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_is_changed_in_the_catalogs_is_read_where_it_matters(committed_world: World, visit: Visit) -> None:
    world = committed_world
    folder, today = f"/admin/catalogs/{world.program.key}", clock.now().date().isoformat()
    charge = world.charge()
    buyer = world.person("buyer", customer_number="B1")
    (filed,) = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "SPAM", "A recorded voice")])

    desk = visit(world.person("admin"))
    page = desk.open(f"{folder}/reasons/")
    page.keyboard.press("c")
    page.get_by_label("Code").fill("language")
    page.get_by_label("Label").fill("Wrong language")
    page.get_by_label("A supporting file is required").check()
    page.get_by_label("First day").fill(today)
    page.get_by_label("Last day").fill(today)
    page.get_by_role("button", name="Add the reason").click()
    assert '"Wrong language" is added.' in desk.text()

    page = desk.open(f"{folder}/grid/")
    page.get_by_role("combobox", name="Spam, Robocall, solicitor").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("r")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    assert "2 changed, not saved yet" in desk.text()
    page.get_by_role("button", name="Save the grid").click()
    assert "2 cells saved." in desk.text()
    assert page.get_by_role("combobox", name="Spam, Prank, abuse").input_value() == "reject"
    assert page.get_by_role("combobox", name="Bot traffic, Prank, abuse").input_value() == "partial"

    page = desk.open("/admin/message-texts/new/count/en/")
    page.get_by_label('the form "one"').fill("{count} case came in")
    page.get_by_label('the form "other"').fill("{count} cases came in")
    page.locator("#preview", has_text="2 cases came in").wait_for()
    page.get_by_role("button", name="Save").click()
    assert "1 case came in" in desk.text()

    asking = visit(buyer)
    page = asking.open(f"/calls/{charge.pk}/dispute/")
    offered = page.locator(".mg-choice", has_text="Wrong language")
    assert "Needs a supporting file." in offered.inner_text()

    lane = visit(world.person("manager"))
    page = lane.open(f"/lane/{filed.data['number']}/")
    page.keyboard.press("2")
    page.locator("#lane-advice", has_text="reject").wait_for()
    assert (desk.trouble, asking.trouble, lane.trouble) == ([], [], [])
