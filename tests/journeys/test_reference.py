"""The pages for people who write clients: they load our own files only, and say nothing in the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.looking import TROUBLE
from tests.live import LiveService, served_here

pytestmark = pytest.mark.browser

WATCH = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + e.blockedURI))"
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
Window = Callable[[int, str], Page]


@pytest.fixture
def live(browser: Browser, transactional_db: None) -> Iterator[LiveService]:
    with served_here() as service:
        yield service


@pytest.fixture
def window(browser: Browser, live: LiveService) -> Iterator[Window]:
    """A new window of a width and a theme; whatever its console complains about fails the test."""
    trouble: list[str] = []
    pages: list[Page] = []

    def opened(width: int, theme: str) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=theme,  # type: ignore[arg-type]  # a word of four
            base_url=live.url,
        )
        page = context.new_page()
        page.add_init_script(WATCH)
        page.on("console", lambda message: trouble.append(message.text) if message.type in TROUBLE else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request", lambda asked: trouble.extend([] if asked.url.startswith((live.url, "data:")) else [asked.url])
        )
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.context.close()
    assert trouble == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_reference_stands_in_both_themes(window: Window, theme: str) -> None:
    page = window(1280, theme)
    page.goto("/developers/")
    page.locator("#operations-Description-getOpenapi").wait_for()
    page.locator("#operations-Disputes-createDispute .opblock-summary-control").click()
    page.locator(".opblock.is-open .responses-wrapper").wait_for()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(SIDEWAYS) == 0
    assert ("dark-mode" in (page.locator("html").get_attribute("class") or "")) == (theme == "dark")
