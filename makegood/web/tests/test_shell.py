"""The frame: the menu by role, the program that lists show, the bell, the counters that stay fresh."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch

from makegood.disputes.operations import install_preset
from makegood.kernel import clock
from makegood.notifications.models import Digest
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Program
from makegood.web import nav, programs
from makegood.web.middleware import PageGZipMiddleware
from makegood.web.tests.conftest import SignedIn
from tests.world import DisputeMaker, World

PARTIES = {"buyer": {"customer_number": "B1"}, "vendor": {"vendor_number": "V1"}}
DESK = {"lane", "queue", "approvals"}
SEEN = {"programs", "policies", "catalogs", "calendars"}
SERVES = {"accounts", "re_reviews"}
RUN = {"setup", "message_texts", "people", "customers", "incoming", "tokens", "health"}
MENUS = {
    "buyer": {"calls", "disputes", "returns", "credits", "notices"},
    "csr": {"calls", "disputes", "returns", "credits", "notices", *SERVES},
    "qa": {"calls", "disputes", "credits", "notices", "proactive"},
    "manager": {"calls", "credits", "notices", *DESK, *SERVES, "proactive", "quality", "exposure", *SEEN},
    "billing": {"calls", "returns", "credits", "notices", *DESK, *SERVES, "quality", "exposure"},
    "admin": {"calls", "credits", "notices", *DESK, *SERVES, "proactive", "quality", "exposure", *SEEN, *RUN},
    "vendor": {"adjusted_calls", "payouts", "notices"},
}


def menu(client: Client) -> set[str]:
    """The names of the entries of the menu, as the page shows them."""
    page = client.get("/preferences/").content.decode().split('aria-label="Main"')[1].split("</nav>")[0]
    known = {place.href: place.name for place in nav.PLACES if place.href}
    return {name for href, name in known.items() if f'href="{href}"' in page}


def existing(names: set[str]) -> set[str]:
    return {place.name for place in nav.PLACES if place.name in names and place.href}


@pytest.mark.parametrize("role", MENUS)
def test_the_menu_is_that_of_the_role(role: str, world: World, signed_in: SignedIn) -> None:
    person = world.person(role, f"m-{role}", **PARTIES.get(role, {}))
    assert menu(signed_in(person)) == existing(MENUS[role])


def test_an_account_that_may_not_dispute_has_no_returns(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    Customer.objects.filter(pk=world.customer.pk).update(dispute_permission=False)
    assert "returns" not in menu(signed_in(buyer))


def test_a_page_that_is_not_there_has_no_entry(
    buyer: Principal, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reverse(name: str) -> str:
        if name != "calls":
            raise NoReverseMatch
        return "/calls/"

    monkeypatch.setattr(nav, "reverse", reverse)
    assert menu(signed_in(buyer)) == {"calls"}


@pytest.fixture
def other_program(world: World) -> Program:
    return install_preset(SYSTEM, preset_key="lead_credit", key="leads", name="Leads", currency="USD")


def chosen(request_factory: RequestFactory, person: Principal, query: str = "", kept: str = "") -> Program | None:
    request = request_factory.get("/calls/" + query)
    request.principal = person  # type: ignore[attr-defined]
    request.session = {programs.KEY: kept} if kept else {}  # type: ignore[assignment]
    return programs.chosen(request)  # type: ignore[arg-type]


def test_a_program_is_chosen_remembered_and_left_again(
    world: World, other_program: Program, manager: Principal, signed_in: SignedIn, rf: RequestFactory
) -> None:
    client = signed_in(manager)
    assert "Every program</span>" in client.get("/calls/").content.decode()
    back = "/calls/?range=all&program=all&after=x"
    answer = client.post("/program/", {"program": other_program.pk, "next": back})
    assert answer["Location"] == "/calls/?range=all"
    assert "Leads</span>" in client.get("/queue/").content.decode()
    assert client.session[programs.KEY] == other_program.pk
    client.post("/program/", {"program": "all", "next": "https://elsewhere.example/"})
    assert programs.KEY not in client.session
    kept = str(other_program.pk)
    assert chosen(rf, manager, kept=kept) == other_program
    assert chosen(rf, manager, f"?program={world.program.pk}", kept) == world.program
    assert chosen(rf, manager, "?program=all", kept) is None
    assert chosen(rf, manager, "?program=x%27", kept) == other_program
    assert chosen(rf, manager, kept="987654") is None


def test_one_program_is_plain_text_and_buyers_have_those_of_their_calls(
    world: World, other_program: Program, buyer: Principal, signed_in: SignedIn, rf: RequestFactory
) -> None:
    world.charge()
    client = signed_in(buyer)
    assert f'mg-program">{world.program.name}</span>' in client.get("/calls/").content.decode()
    assert chosen(rf, buyer, kept=str(other_program.pk)) is None
    assert client.post("/program/", {"program": other_program.pk}).status_code == 303
    assert programs.KEY not in client.session
    world.charge(program=other_program)
    assert 'popovertarget="programs"' in client.get("/calls/").content.decode()


def test_the_bell_lists_the_latest_and_says_when_the_next_comes(buyer: Principal, signed_in: SignedIn) -> None:
    client, at = signed_in(buyer), clock.now()
    assert "No messages yet." in client.get("/bell/").content.decode()
    facts = {"recipient_id": buyer.id, "template": "reviewed", "window": "4h", "opens_at": at, "due_at": at, "count": 2}
    for _ in range(6):
        Digest.objects.create(**facts, flushed_at=at)
    Digest.objects.create(**facts)
    page = client.get("/bell/").content.decode()
    assert page.count("2 disputes have been reviewed.") == 5
    assert "Next digest at" in page


def test_counters_stay_fresh_and_say_when_nothing_changed(
    buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    client = signed_in(buyer)
    first = client.get("/live/")
    again = client.get("/live/", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    make_dispute()
    fresh = client.get("/live/", headers={"If-None-Match": first["ETag"]})
    assert fresh.status_code == 200
    assert 'id="n-disputes" class="mg-count is-pending" hx-swap-oob="true">1<' in fresh.content.decode()
    assert fresh["Cache-Control"] == "private, no-cache"


def test_pages_travel_compressed_and_files_do_not(buyer: Principal, signed_in: SignedIn, rf: RequestFactory) -> None:
    client, takes = signed_in(buyer), {"Accept-Encoding": "gzip"}
    page = client.get("/preferences/keyboard/", headers=takes)
    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) < len(client.get("/preferences/keyboard/").content) / 2
    file = HttpResponse(b"0" * 9_000, content_type="audio/mpeg")
    sent = PageGZipMiddleware(lambda request: file).process_response(rf.get("/", headers=takes), file)
    assert "Content-Encoding" not in sent.headers
