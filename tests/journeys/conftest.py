"""A browser, and people signed in with it. Chromium comes from the system; MAKEGOOD_CHROMIUM names another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from makegood.parties.entries import Principal
from makegood.parties.models import User
from tests.journeys.chromium import ARGUMENTS, chromium

TROUBLE = frozenset({"error", "warning"})
EXPECTED = ("the server responded with a status of 4",)
"""What Chromium says of an answered refusal; the page itself shows it."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the run.

    Playwright keeps an event loop in this thread as long as it lives, and Django refuses to read the database from
    such a thread unless told otherwise; so it is told, for as long.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield started
        started.close()


@dataclass
class Person:
    """Somebody in front of a browser; ``trouble`` collects what the console complains about."""

    page: Page
    base: str
    trouble: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Remember complaints."""
        if message.type in TROUBLE and not any(words in message.text for words in EXPECTED):
            self.trouble.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(self.base + path)
        return self.page

    def text(self) -> str:
        """What can be read on the page."""
        return self.page.inner_text("body")


Visit = Callable[..., Person]


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Visit]:
    """Sign a person in, in a window of its own: ``visit(principal, width=390, theme="dark")``."""
    people: list[Person] = []

    def sign_in(principal: Principal, *, width: int = 1280, theme: str = "light") -> Person:
        size = {"width": width, "height": 800}
        context = browser.new_context(viewport=size, color_scheme=theme)  # type: ignore[arg-type]
        person = Person(context.new_page(), live_server.url)
        person.page.on("console", person.hear)
        person.page.on("pageerror", lambda error: person.trouble.append(str(error)))
        client = Client()
        client.force_login(User.objects.get(pk=principal.id or 0))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        person.open("/")
        people.append(person)
        return person

    yield sign_in
    trouble = [line for person in people for line in person.trouble]
    for person in people:
        person.page.context.close()
    assert trouble == []
