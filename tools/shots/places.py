"""What stands in braces in the list of pages, found by looking at the demo as people would."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from playwright.sync_api import Page


class Place(NamedTuple):
    """On which page whoever has the role finds the address whose group is wanted."""

    role: str
    path: str
    address: str


PLACES: Mapping[str, Place] = {
    "charge": Place("buyer", "/disputes/?tab=decided", r"/disputes/D-[\d.]+/$ >> /calls/(\d+)/"),
    "free": Place("buyer", "/calls/", r"/calls/(\d+)/dispute/"),
    "number": Place("buyer", "/disputes/?tab=decided", r"/disputes/D-([\d.]+)/$"),
    "waiting": Place("buyer", "/disputes/?tab=pending", r"/disputes/D-([\d.]+)/$"),
    "asked": Place("buyer", "/disputes/?tab=answer", r"/disputes/D-([\d.]+)/$"),
    "adjusted": Place("vendor", "/adjusted-calls/", r"/adjusted-calls/(\d+)/"),
    "token": Place("admin", "/admin/tokens/", r"/admin/tokens/(\d+)/revoke/"),
}
"""Two addresses with ``>>`` between them: the first is followed, the second looked for there."""


class NotFoundInDemo(RuntimeError):
    """The demo has nothing of this kind."""


def addresses(page: Page) -> list[str]:
    """Where the links of a page lead, without the host."""
    found: list[str] = page.eval_on_selector_all("a[href]", "links => links.map(a => a.pathname)")
    return found


def _first(page: Page, pattern: str) -> re.Match[str] | None:
    return next(filter(None, (re.search(pattern, path) for path in addresses(page))), None)


def found_in(pages: Mapping[str, Page], base: str, wanted: Iterable[str]) -> dict[str, str]:
    """What can be found of what is wanted, by somebody of the role that would."""
    found = {}
    for field in wanted:
        if field in PLACES:
            with suppress(NotFoundInDemo):
                found[field] = find(pages[PLACES[field].role], base, PLACES[field])
    return found


def find(page: Page, base: str, place: Place) -> str:
    """The wanted part of an address. Raises NotFoundInDemo."""
    page.goto(base + place.path)
    *ways, last = place.address.split(" >> ")
    for way in ways:
        step = _first(page, way)
        if step is None:
            raise NotFoundInDemo(f"{place.path} leads to no {way}")
        page.goto(base + step.string)
    found = _first(page, last)
    if found is None:
        raise NotFoundInDemo(f"{place.path} leads to no {last}")
    return found[1]
