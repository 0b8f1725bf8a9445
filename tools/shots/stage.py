"""What people do before the pictures are taken, so that every page has something to show."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page

from tools.shots.places import PLACES, Place, addresses, find, visit

PENDING = "/disputes/?tab=pending"


def prepare(windows: Mapping[str, Page], base: str) -> None:
    """A guided dispute waits to be submitted, and a letter to the buyer gathers."""
    if find(windows["csr"], base, PLACES["guided"]) is None:
        go_through(windows["csr"], base, PLACES["billed"])
    if find(windows["buyer"], base, PLACES["digest"]) is None:
        close_one(windows["buyer"], windows["manager"], base)


def go_through(csr: Page, base: str, billed: Place) -> None:
    """Begin a guided dispute of two charges and go on to its last step; nothing is submitted."""
    visit(csr, f"{base}/accounts/{find(csr, base, billed)}/dispute/new/")
    csr.get_by_role("button", name="Begin").click()
    csr.locator("[name=bill]").first.check()
    _on(csr, 2)
    for pick in csr.locator(".mg-guided-lines [type=checkbox]").all()[:2]:
        pick.check()
    for step in (3, 4, 5):
        _on(csr, step)
    csr.locator("[name=type]").first.check()
    csr.locator("[name=reason]").first.check()
    csr.fill("#g-description", "The price was agreed for two years.")
    for step in (6, 7):
        _on(csr, step)


def _on(csr: Page, step: int) -> None:
    csr.locator("[name=go][value=next][data-send]").click()
    csr.wait_for_url(re.compile(rf"/step/{step}/"))


def close_one(buyer: Page, manager: Page, base: str) -> None:
    """Close one of a buyer's disputes, neither the newest nor the oldest; they are told by e-mail after a while."""
    buyer.goto(f"{base}/notifications/preferences/")
    buyer.select_option("[name=closed-bell]", "4h")
    buyer.select_option("[name=closed-mail]", "4h")
    buyer.locator("#wishes").get_by_role("button", name="Save").click()
    buyer.wait_for_load_state()
    buyer.goto(base + PENDING)
    chosen = [path for path in addresses(buyer) if path.startswith("/disputes/D-")][-2]
    manager.goto(f"{base}{chosen}steps/close/")
    manager.locator("#step").get_by_role("button", name="Close").click()
    manager.wait_for_url(base + chosen)
