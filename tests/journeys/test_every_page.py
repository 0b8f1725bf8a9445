"""Every page: axe finds nothing in either theme, narrow or wide; nothing is cut off; the console is quiet."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.journeys.conftest import Person, Visit, leave_time_to_undo
from tests.journeys.looking import QUIET, SIDEWAYS, WATCH
from tests.journeys.pages import PAGES
from tests.journeys.scene import people_and_places
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

WIDE, NARROW, NARROWEST = 1280, 390, 320
THEMES = ("light", "dark")
AXE = Path(settings.NODE_MODULES, "axe-core", "axe.min.js")
EXAMINE = """async (rules) => {
  const options = {resultTypes: ["violations"], preload: false, ...(rules ? {runOnly: rules} : {})};
  const found = await axe.run(document, options);
  if (!found.passes.length) return ["axe looked at nothing"];
  return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(" ")} ${n.failureSummary}`));
}"""
GROUPS = (
    ("buyer", "vendor"),
    ("manager",),
    tuple(role for role in PAGES if role not in ("buyer", "vendor", "manager")),
)


def resize(page: Page, width: int) -> None:
    """Make the window as wide."""
    page.set_viewport_size({"width": width, "height": 800})


def examine(page: Page, width: int, themes: Sequence[str] = THEMES) -> list[str]:
    """What is wrong at one width: everything in the first of some themes, in others what depends on colors."""
    resize(page, width)
    wrong = [f"sideways: {wide}" for wide in page.evaluate(SIDEWAYS)]
    for theme in themes:
        rules = None if theme == themes[0] else ["color-contrast"]
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # a word of three
        wrong += [f"{theme}: {found}" for found in page.evaluate(EXAMINE, rules)]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return wrong


def look(person: Person, path: str, narrow: Sequence[str]) -> list[str]:
    """Open a page; what is wrong with it. ``narrow`` are the themes it is looked at in on a phone."""
    page = person.open(path)
    page.wait_for_function(QUIET)
    wrong = [f"{WIDE} px {found}" for found in examine(page, WIDE)]
    wrong += [f"{NARROW} px {found}" for found in examine(page, NARROW, narrow)]
    resize(page, NARROWEST)
    wrong += [f"{NARROWEST} px sideways: {wide}" for wide in page.evaluate(SIDEWAYS)]
    resize(page, WIDE)
    return [f"{path} {found}" for found in wrong]


@pytest.mark.slow
@pytest.mark.parametrize("roles", GROUPS, ids="-".join)
def test_every_page_is_clean_fits_and_is_quiet(roles: tuple[str, ...], committed_world: World, visit: Visit) -> None:
    people, places = people_and_places(committed_world)
    wrong = []
    for role in roles:
        person = visit(people[role])
        person.page.context.add_init_script(WATCH)
        person.page.context.add_init_script(path=AXE)
        for at, path in enumerate(PAGES[role]):
            # On a phone, whose colors are the same, the pages take turns; asked for, each is looked at in both.
            narrow = THEMES if os.environ.get("MAKEGOOD_EVERY_PAGE") else [THEMES[at % len(THEMES)]]
            wrong += look(person, path.format(**places), narrow)
    assert not wrong, "\n".join(wrong)


def test_pages_work_without_javascript(committed_world: World, visit: Visit) -> None:
    people, places = people_and_places(committed_world)
    leave_time_to_undo(committed_world)
    person = visit(people["manager"])
    state = person.page.context.storage_state()
    browser = person.page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{person.base}/lane/D-{places['waiting']}/")
    page.fill("#d-amount", "20%")
    page.fill("#d-note", "A fifth.")
    page.press("#d-amount", "Enter")
    assert "Nothing was listened to." in page.inner_text("#lane-bar")
    page.get_by_role("button", name="In part $9.00").click()
    assert "accepted in part" in page.inner_text("#undo")
    page.get_by_role("button", name="Undo").click()
    assert "Nothing was posted" in page.inner_text("#notes")
    context.close()


def test_signing_in_leads_back_to_where_one_wanted_to_go(committed_world: World, visit: Visit) -> None:
    person = visit(committed_world.person("manager", "comes-back"))
    page = person.page
    page.context.clear_cookies()
    person.open("/queue/?tab=all")
    page.fill("#id_login", "comes-back@test.example")
    page.fill("#id_password", "not the password")
    page.keyboard.press("Enter")
    assert "not correct" in page.inner_text("[role=alert]")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue/?tab=all")
    page.click("[popovertarget=me]")
    page.click("text=Sign out")
    page.wait_for_url("**/account/login/")


def test_theme_switch_applies_at_once_and_stays(committed_world: World, visit: Visit) -> None:
    person = visit(committed_world.person("manager", "switcher"))
    page = person.open("/queue/")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[popovertarget=me]")
    page.click("text=Dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_help_opens_with_its_key_and_keys_rest_in_fields(committed_world: World, visit: Visit) -> None:
    person = visit(committed_world.person("manager", "helped"))
    page = person.open("/queue/")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("j?")
    assert page.input_value("#find") == "j?"
    assert not page.locator("#help").is_visible()
