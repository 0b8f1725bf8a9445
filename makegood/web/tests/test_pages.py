"""Every page per role: whole pages, parts for htmx, sign-in, start pages, the frame."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory

from makegood.disputes.entries import SubmitItem
from makegood.disputes.operations import submit
from makegood.kernel import clock
from makegood.notifications.operations import fold
from makegood.parties.entries import Principal
from makegood.parties.models import User
from makegood.web import refusals
from makegood.web.tests.conftest import SignedIn
from tests.world import DisputeMaker, World

HTMX = {"HX-Request": "true"}
PAGES = {
    "buyer": ("/calls/", "/disputes/", "/disputes/?tab=decided", "/disputes/?tab=drafts", "/disputes/?tab=all"),
    "csr": ("/calls/", "/disputes/"),
    "qa": ("/calls/", "/disputes/"),
    "manager": ("/queue/", "/queue/?tab=mine", "/queue/?tab=decided", "/queue/?tab=all", "/calls/"),
    "billing": ("/queue/", "/calls/"),
    "admin": ("/queue/", "/calls/", "/admin/tokens/", "/admin/tokens/new/", "/admin/webhooks/", "/admin/webhooks/new/"),
    "vendor": ("/adjusted-calls/",),
}
COMMON = (
    "/notifications/", "/notifications/?show=unread", "/notifications/preferences/", "/account/password/",
    "/preferences/", "/preferences/keyboard/", "/search/?q=nothing",
)  # fmt: skip
STARTS = {"buyer": "/calls/", "manager": "/queue/", "vendor": "/adjusted-calls/", "qa": "/calls/", "csr": "/calls/"}
PARTIES = {"buyer": {"customer_number": "B1"}, "vendor": {"vendor_number": "V1"}}


@pytest.mark.parametrize("role", PAGES)
def test_pages_of_a_role_answer(role: str, world: World, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    make_dispute()
    client = signed_in(world.person(role, f"a-{role}", **PARTIES.get(role, {})))
    for path in (*PAGES[role], *COMMON):
        response = client.get(path)
        assert response.status_code == 200, path
        assert b"<!doctype html>" in response.content
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["/calls/", "/calls/?range=1d&status=pending&q=0142", "/queue/?tab=all"])
def test_htmx_gets_the_part_and_caches_keep_it_apart(
    path: str, world: World, make_dispute: DisputeMaker, manager: Principal, signed_in: SignedIn
) -> None:
    make_dispute()
    response = signed_in(manager).get(path, headers=HTMX)
    assert b"<!doctype html>" not in response.content
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize(("role", "start"), STARTS.items())
def test_everybody_starts_where_their_work_is(role: str, start: str, world: World, signed_in: SignedIn) -> None:
    response = signed_in(world.person(role, f"b-{role}", **PARTIES.get(role, {}))).get("/")
    assert (response.status_code, response["Location"]) == (303, start)


def test_signed_out_people_are_asked_to_sign_in_and_come_back(db: None, client: Client) -> None:
    response = client.get("/queue/")
    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/queue/"
    assert client.get("/account/login/").status_code == 200


def test_theme_is_remembered_and_served_without_a_flash(buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    response = client.post("/theme/", {"theme": "dark", "next": "/calls/"})
    assert response["Location"] == "/calls/"
    assert 'data-bs-theme="dark"' in client.get("/calls/").content.decode()
    client.post("/theme/", {"theme": "auto"})
    assert "data-bs-theme=" not in client.get("/calls/").content.decode()


def test_nobody_is_sent_to_another_site(buyer: Principal, signed_in: SignedIn) -> None:
    response = signed_in(buyer).post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


def test_pending_counter_hides_at_zero(buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    assert b"is-pending" not in client.get("/calls/").content
    make_dispute()
    assert b"mg-count is-pending" in client.get("/calls/").content


@pytest.mark.parametrize("text", ["+1 (212) 555-0142", "212.555.0142", "2125550142", "0142"])
def test_callers_are_found_in_any_punctuation(text: str, world: World, manager: Principal, signed_in: SignedIn) -> None:
    charge = world.charge(caller_e164="+12125550142")
    world.charge(caller_e164="+12125550143")
    page = signed_in(manager).get("/calls/", {"q": text}).content.decode()
    assert f'id="call-{charge.pk}"' in page
    assert page.count("data-row>") == 1


def test_a_row_opens_in_place_and_closes_again(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    charge, client = world.charge(), signed_in(buyer)
    opened = client.get(f"/calls/{charge.pk}/?open=1", headers=HTMX).content.decode()
    assert opened.startswith("<tbody")
    assert "is-detail" in opened
    assert "is-detail" not in client.get(f"/calls/{charge.pk}/?open=0", headers=HTMX).content.decode()
    assert b"<!doctype html>" in client.get(f"/calls/{charge.pk}/").content


def test_old_calls_are_shown_when_there_are_no_recent_ones(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    at = clock.now() - timedelta(days=400)
    charge = world.charge(occurred_at=at, received_at=at, billed_at=at)
    client = signed_in(buyer)
    page = client.get("/calls/").content.decode()
    assert f'id="call-{charge.pk}"' in page
    assert "No calls in the last 30 days, so here are the latest ones." in page
    assert f'id="call-{charge.pk}"' not in client.get("/calls/", {"range": "30d"}).content.decode()


def test_calls_that_were_not_billed_are_behind_a_filter(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    charge, client = world.charge(billed_at=None, billed_micros=0), signed_in(buyer)
    world.charge()
    assert f'id="call-{charge.pk}"' not in client.get("/calls/").content.decode()
    page = client.get("/calls/", {"billed": "all"}).content.decode()
    assert f'id="call-{charge.pk}"' in page
    assert "Only billed items can be disputed." in page


def test_amounts_of_different_currencies_are_never_added(
    world: World, buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    make_dispute()
    make_dispute(charge=world.charge(currency="EUR", payout_currency="EUR"))
    page = signed_in(buyer).get("/disputes/?tab=all").content.decode()
    assert "asked <b>$45.00</b>" in page
    assert "asked <b>€45.00</b>" in page


def test_a_form_without_its_token_is_refused_in_our_words(buyer: Principal) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk=buyer.id or 0))
    response = client.post("/notifications/deliver/")
    assert response.status_code == 403
    assert "The form could not be accepted." in response.content.decode()


def test_a_failure_of_ours_says_that_nothing_was_changed(rf: RequestFactory) -> None:
    page = refusals.broken(rf.get("/calls/")).content.decode()
    assert "Nothing was changed." in page
    assert "inc_" in page


def test_unknown_addresses_answer_like_foreign_ones(buyer: Principal, signed_in: SignedIn, client: Client) -> None:
    for browser in (client, signed_in(buyer)):
        response = browser.get("/no/such/page/")
        assert response.status_code == 404
        assert "Not found, or not yours." in response.content.decode()


def test_a_permission_one_lacks_is_named(buyer: Principal, signed_in: SignedIn) -> None:
    response = signed_in(buyer).get("/queue/")
    assert response.status_code == 403
    assert "dispute.decide" in response.content.decode()


def test_the_bell_says_what_waits_and_delivers_it_now(committed_world: World, signed_in: SignedIn) -> None:
    buyer = committed_world.person("buyer", customer_number="B1")
    client = signed_in(committed_world.person("manager"))
    submit(buyer, items=[SubmitItem(committed_world.charge().pk, "SPAM", "Nobody spoke")])
    fold()
    assert "Gathering until" in client.get("/notifications/").content.decode()
    client.post("/notifications/deliver/")
    page = client.get("/notifications/").content.decode()
    assert "1 new dispute submitted by Buyers" in page
    assert "Gathering until" not in page
    opened = client.get(page.split('data-row-open href="')[1].split('"')[0])
    assert opened["Location"].startswith("/queue/?notice=")
    assert "These are exactly those." in client.get(opened["Location"]).content.decode()
    assert "mg-count is-new" not in client.get("/queue/").content.decode()
