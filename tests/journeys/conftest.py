"""A browser, and people signed in with it. Chromium comes from the system; MAKEGOOD_CHROMIUM names another one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import change_settings
from tests.journeys.chromium import ARGUMENTS, chromium
from tests.journeys.looking import is_trouble
from tests.world import World

PATIENCE_MS = 20_000
"""How long a page may take to show what is expected; where it does, nobody waits."""
TIME_TO_UNDO_S = 900


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the run.

    Playwright keeps an event loop in this thread as long as it lives, and Django refuses to read the database from
    such a thread unless told otherwise; so it is told, for as long.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE_MS)
        started = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield started
        started.close()


class Answering:
    """The threads of the live server that answer somebody at the moment."""

    def __init__(self) -> None:
        self._threads: set[int] = set()
        self._changed = threading.Condition()

    def begun(self, **signal: Any) -> None:
        """A request came to the thread that says so."""
        with self._changed:
            self._threads.add(threading.get_ident())

    def finished(self, **signal: Any) -> None:
        """It was answered."""
        with self._changed:
            self._threads.discard(threading.get_ident())
            self._changed.notify_all()

    def wait(self) -> None:
        """Until nobody but this thread is at it; a page that is closed may leave a request behind."""
        me = {threading.get_ident()}
        with self._changed:
            self._changed.wait_for(lambda: self._threads <= me, timeout=10)


@pytest.fixture(scope="session")
def answering() -> Iterator[Answering]:
    """Who is answered: tables are not emptied, nor connections taken away, below a request."""
    found = Answering()
    request_started.connect(found.begun)
    request_finished.connect(found.finished)
    yield found
    request_started.disconnect(found.begun)
    request_finished.disconnect(found.finished)


@dataclass
class Person:
    """Somebody in front of a browser; ``trouble`` collects what the console complains about."""

    page: Page
    base: str
    trouble: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Remember complaints."""
        if is_trouble(message.type, message.text):
            self.trouble.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(self.base + path)
        return self.page

    def text(self) -> str:
        """What can be read on the page."""
        return self.page.inner_text("body")


Visit = Callable[..., Person]


def leave_time_to_undo(world: World) -> None:
    """A decision can be taken back for a quarter of an hour, however slow the machine is."""
    change_settings(
        SYSTEM,
        program=world.program,
        settings={"undo_seconds": {"desk": TIME_TO_UNDO_S, "bulk": TIME_TO_UNDO_S, "api": 0, "system": 0}},
    )


@pytest.fixture
def visit(browser: Browser, live_server: Any, answering: Answering) -> Iterator[Visit]:
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
        people.append(person)
        return person

    yield sign_in
    trouble = [line for person in people for line in person.trouble]
    for person in people:
        person.page.context.close()
    answering.wait()
    assert trouble == []
