"""What stands in braces in the list of pages, found by looking at the demo as people would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from playwright.sync_api import Page, Response


class Place(NamedTuple):
    """On which page whoever has the role (or is named in OTHERS) finds the address whose group is wanted."""

    role: str
    path: str
    address: str


RIVERSIDE = "/accounts/?q=Riverside+Dental"
"""The customer of the demo with the most to explain."""
PLACES: Mapping[str, Place] = {
    "charge": Place("buyer", "/calls/?range=all", r"/calls/(\d+)/$"),
    "free": Place("buyer", "/calls/", r"/calls/(\d+)/dispute/"),
    "number": Place("buyer", "/disputes/?tab=decided", r"/disputes/D-([\d.]+)/$"),
    "waiting": Place("buyer", "/disputes/?tab=pending", r"/disputes/D-([\d.]+)/$"),
    "asked": Place("buyer", "/disputes/?tab=answer", r"/disputes/D-([\d.]+)/$"),
    "adjusted": Place("vendor", "/adjusted-calls/", r"/adjusted-calls/(\d+)/"),
    "token": Place("admin", "/admin/tokens/", r"/admin/tokens/(\d+)/revoke/"),
    "plan": Place("manager", "/plans/", r"/plans/(\w+)/$"),
    "customer": Place("manager", "/queue/", r"/disputes/D-[\d.]+/$ >> /buyers/(\d+)/"),
    "vendor": Place("manager", "/quality/disputes/", r"/disputes/D-[\d.]+/$ >> /vendors/(\d+)/"),
    "digest": Place("buyer", "/notifications/preferences/", r"/notifications/(\d+)/letter/$"),
    "policy": Place("admin", "/admin/policies/", r"/admin/policies/(calls)/$"),
    "draft": Place("admin", "/admin/policies/calls/", r"/admin/policies/calls/drafts/(\d+)/$"),
    "scheduled": Place("admin", "/admin/policies/calls/", r"/admin/policies/calls/versions/(\d+)/withdraw/$"),
    "upload": Place("admin", "/admin/imports/", r"/admin/imports/(\w+)/$"),
    "person": Place("admin", "/admin/people/", r"/admin/people/(\d+)/$"),
    "lead": Place("leads", "/leads/", r"/leads/(\d+)/submit/$"),
    "dropped": Place("leads", "/leads/?range=all&mark=non_billable", r"/leads/(\d+)/$"),
    "case": Place("manager", "/queue/?group=case", r"/submissions/D-(\d+)/$"),
    "billed": Place("csr", RIVERSIDE, r"/accounts/(\d+)/dispute/new/$"),
    "bill": Place("csr", RIVERSIDE, r"/accounts/\d+/bills/(\d+)/$"),
    "guided": Place("csr", RIVERSIDE, r"/accounts/\d+/dispute/new/$ >> /accounts/\d+/dispute/(\w+)/step/7/$"),
    "filed_for": Place("csr", "/submissions/D-{case}/", r"/accounts/(\d+)/dispute/\w+/done/$"),
    "filed": Place("csr", "/submissions/D-{case}/", r"/accounts/\d+/dispute/(\w+)/done/$"),
    "review": Place("qa", "/reviews/", r"/reviews/(\d+)/$"),
    "reviewed": Place("qa", "/reviews/?tab=done", r"/reviews/(\d+)/$"),
    "account": Place("csr", RIVERSIDE, r"/accounts/\d+/inquiries/data/$ >> [?&]buyer=([A-Z]\w+)"),
    "calendar": Place("admin", "/admin/calendars/", r"/admin/calendars/(?!new|targets)([\w-]+)/$"),
    "webhook": Place("admin", "/admin/webhooks/", r"/admin/webhooks/(whe_\w+)/$"),
}
"""Two addresses with ``>>`` between them: the first is followed, the second looked for there. Braces: another place."""


OTHERS = {"/leads/": "leads", "/guidelines/": "credits"}
"""Who sees these pages in place of the first buyer, by the beginning of an address and of an e-mail."""
OWN: Mapping[tuple[str, str], Place] = {
    ("credits", "policy"): Place("credits", "/guidelines/", r"/guidelines/(\w+)/VOICEMAIL/$"),
}
"""What is another one in somebody's window."""


def window_of(role: str, path: str) -> str:
    """Whose window shows a page."""
    return next((who for start, who in OTHERS.items() if role == "buyer" and path.startswith(start)), role)


def visit(page: Page, address: str) -> Response | None:
    """Go to an address, and once more after ending a tour that begins there: it lies over the page."""
    answer = page.goto(address)
    end = page.get_by_role("button", name="End the tour")
    if end.count():
        with page.expect_navigation():
            end.click()
        answer = page.goto(address)
    return answer


def addresses(page: Page) -> list[str]:
    """Where the links and forms of a page lead, without the host; those with a query also without it."""
    found: list[str] = page.eval_on_selector_all(
        "a[href], form[action]",
        "all => all.map(one => new URL(one.href || one.getAttribute('action'), location.href))"
        ".flatMap(url => url.search ? [url.pathname + url.search, url.pathname] : [url.pathname])",
    )
    return found


def _first(page: Page, pattern: str) -> re.Match[str] | None:
    return next(filter(None, (re.search(pattern, path) for path in addresses(page))), None)


class Places:
    """What stands in braces, each looked for once."""

    def __init__(self, windows: Mapping[str, Page], base: str) -> None:
        self._windows, self._base = windows, base
        self._found: dict[Place, str | None] = {}

    def of(self, who: str, name: str) -> str | None:
        """The value in somebody's window; None when the demo has nothing of the kind."""
        place = OWN.get((who, name), PLACES[name])
        if place not in self._found:
            lead = {field: self.of(place.role, field) for field in re.findall(r"{(\w+)}", place.path)}
            at = None if None in lead.values() else place.path.format(**lead)
            self._found[place] = at and find(self._windows[place.role], self._base, place._replace(path=at))
        return self._found[place]


def find(page: Page, base: str, place: Place) -> str | None:
    """The wanted part of an address, or None."""
    page.goto(base + place.path)
    *ways, last = place.address.split(" >> ")
    for way in ways:
        step = _first(page, way)
        if step is None:
            return None
        page.goto(base + step.string)
    found = _first(page, last)
    return found[1] if found else None
