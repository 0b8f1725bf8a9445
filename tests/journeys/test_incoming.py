"""Imports in a browser: a file with headers of its own, read by hand, tried, compared with a sum, imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from makegood.billing.models import Charge
from makegood.imports import operations
from makegood.parties.states import SetupStep
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("browser")]

ODD = "Ref No,Began,Acct,Paid\nz1,2026-03-02T13:09:14Z,B1,12.50\nz2,2026-03-02T14:09:14Z,NOBODY,7.50\n"
CHOSEN = {"Ref No": "call_id", "Began": "started_at", "Acct": "buyer_id", "Paid": "revenue"}


def test_a_file_is_read_by_hand_tried_and_imported(committed_world: World, visit: Visit, tmp_path: Path) -> None:
    page = visit(committed_world.person("admin")).open("/admin/imports/")
    file = tmp_path / "odd.csv"
    file.write_text(ODD, encoding="utf-8")
    page.set_input_files("#in-file", str(file))
    page.get_by_role("button", name="Send file").click()
    expect(page.locator("h1")).to_have_text("odd.csv")
    for header, name in CHOSEN.items():
        page.get_by_label(f"{header} is read as").select_option(name)
    page.fill("#r-currency", "USD")
    page.fill("#r-expected", "USD 20.00")
    page.get_by_role("button", name="Try it, store nothing").click()
    expect(page.locator("#progress")).to_contain_text("Trying it")
    assert operations.work_on_uploads() == 1
    expect(page.get_by_role("heading", name="What it would do")).to_be_visible()
    expect(page.locator(".mg-in-off")).to_have_text("-$7.50")
    expect(page.locator(".mg-in-cells")).to_contain_text("NOBODY")
    assert Charge.objects.count() == 0
    page.get_by_role("button", name="Import 1 new").click()
    expect(page.locator("#progress")).to_contain_text("Importing")
    assert operations.work_on_uploads() == 1
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    assert Charge.objects.get().external_id == "z1"


def test_first_steps_and_health_are_pages_to_work_with(committed_world: World, visit: Visit) -> None:
    admin = committed_world.person("admin")
    page = visit(admin).open("/setup/")
    page.get_by_role("link", name="Go on").click()
    page.fill("#s-name", "Acme Calls")
    page.fill("#s-zone", "America/New_York")
    page.fill("#s-currency", "USD")
    page.get_by_role("button", name="Keep and go on").click()
    expect(page.locator("h1")).to_have_text("What do you bill?")
    for _ in list(SetupStep)[1:]:
        page.get_by_role("button", name="Leave it out").click()
    expect(page.locator("main")).to_contain_text("Everything is set up.")
    page.goto(page.url.replace("/setup/", "/admin/health/"))
    page.get_by_text("Longest open transaction of the database").click()
    expect(page.get_by_label("The query").filter(has_text="pg_stat_activity").first).to_be_visible()
    page.get_by_role("button", name="Prove every law now").click()
    expect(page.locator("#checks")).to_contain_text("Another proof was asked for")
