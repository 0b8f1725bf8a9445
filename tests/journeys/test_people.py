"""Somebody is asked in, sets up a second step, signs in with it and without the phone; an administrator tells why."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from makegood.parties.models import Role
from tests.journeys.conftest import Person, Visit
from tests.journeys.test_every_page import AXE, NARROW, WIDE, examine
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("browser")]

HALF_MINUTE = 30


def code(secret: str, *, later: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // HALF_MINUTE + later)))  # noqa: TID251 - the app's clock


def invited(page: Page) -> str:
    """Ask Mia in; the link, shown once."""
    page.keyboard.press("c")
    page.fill("#f-email", "mia@test.example")
    page.fill("#f-name", "Mia Ray")
    page.select_option("#f-role", "manager")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Mia Ray is invited")
    return page.input_value("#link")


def accept(page: Page, link: str) -> str:
    """Choose a password, and set up the app that the role asks for; its key."""
    page.goto(link)
    check(page)
    page.fill("#f-password", PASSWORD)
    page.fill("#f-zone", "Europe/Berlin")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Set up an authenticator app")
    expect(page.locator("#notes")).to_contain_text("Your role asks for a second step")
    assert page.locator(".mg-qr").evaluate("image => image.naturalWidth") > 0
    check(page)
    return page.inner_text("#totp-key")


def check(page: Page) -> None:
    """Axe finds nothing on the page, and nothing is cut off, narrow or wide."""
    assert [wrong for width in (NARROW, WIDE) for wrong in examine(page, width)] == [], page.url


def sign_in(person: Person, typed: str) -> Page:
    """With the password, then with a code."""
    page = person.page
    page.context.clear_cookies()
    person.open("/account/login/")
    page.fill("#id_login", "mia@test.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Second step")
    check(page)
    page.fill("#id_code", typed)
    page.keyboard.press("Enter")
    return page


def test_somebody_is_asked_in_and_signs_in_with_a_second_step(committed_world: World, visit: Visit) -> None:
    Role.objects.filter(key="manager").update(requires_totp=True)
    admin = visit(committed_world.person("admin", "ada"))
    link = invited(admin.open("/admin/people/"))
    mia = visit(committed_world.person("buyer", "bystander", customer_number="B1"))
    page = mia.page
    page.context.clear_cookies()
    page.context.add_init_script(path=AXE)
    key = accept(page, mia.base + re.sub(r"^https?://[^/]+", "", link))
    page.fill("#id_code", code(key))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Recovery codes")
    check(page)
    spare = page.locator(".mg-recovery code").first.inner_text()
    page.click("text=I have kept them")
    expect(page.locator("main")).to_contain_text("10 left. Each signs you in once when the phone is away.")
    sign_in(mia, code(key, later=1))
    page.wait_for_url("**/queue/**")
    sign_in(mia, spare)
    page.wait_for_url("**/queue/**")
    mia.open("/preferences/security/")
    expect(page.locator("main")).to_contain_text("9 left.")
    for told in (
        "Used a recovery code",
        "Set up an authenticator app",
        "Made recovery codes",
        "Accepted the invitation",
    ):
        expect(page.locator("main")).to_contain_text(told)
    page.click("text=Sign out everywhere else")
    expect(page.locator("#notes")).to_contain_text("You were signed out everywhere else.")
    page.goto(link.replace(re.findall(r"^https?://[^/]+", link)[0], mia.base))
    expect(page.locator("main")).to_contain_text("This invitation was used already.")


def test_an_administrator_limits_somebody_and_tells_why(committed_world: World, visit: Visit) -> None:
    committed_world.charge(external_id="call-of-bolt", customer=committed_world.other_customer)
    csr = committed_world.person("csr", "carla")
    page = visit(committed_world.person("admin", "ada")).open(f"/admin/people/{csr.id}/limits/")
    expect(page.locator("main")).to_contain_text("Sees everything.")
    page.uncheck("[name=grant]")
    page.select_option("#f-kind", "customer_subtree")
    page.fill("#f-value", "B1")
    page.click("text=Show what changes")
    expect(page.locator(".mg-beside")).to_contain_text("Sees customers under Acme Plumbing.")
    page.click("text=Let carla see this")
    expect(page.locator("#notes")).to_contain_text("carla from now on: Sees customers under Acme Plumbing.")
    page.click("text=Why can carla not see")
    page.fill("#w-q", "call-of-bolt")
    expect(page.locator("#list")).to_contain_text("carla cannot see Call call-of-bolt")
    expect(page.locator("#list")).to_contain_text("The customer Bolt Roofing is outside Acme Plumbing.")
