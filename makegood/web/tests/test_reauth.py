"""Asking again before money above a limit moves: what is asked, what is kept, and for how long it holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_POST

from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.money import parse_amount
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from makegood.project.urls import urlpatterns as everything
from makegood.web.middleware import PageRequest
from makegood.web.pages import page
from makegood.web.reauth import asks_again
from makegood.web.tests.conftest import SignedIn
from makegood.web.tests.test_sign_in import code_now, with_app
from tests.refusals import unchanged
from tests.world import PASSWORD, World

pytestmark = pytest.mark.urls(__name__)


@require_POST
@page()
def move(request: PageRequest) -> HttpResponse:
    """Moves the amounts it is given."""
    amounts = [(code, parse_amount(request.POST[code], code)) for code in ("USD", "EUR") if code in request.POST]
    return asks_again(request, amounts) or HttpResponse("moved")


urlpatterns = [path("move/", move), *everything]


@pytest.fixture
def client(world: World, manager: Principal, signed_in: SignedIn) -> Client:
    """A manager who signed in long ago, in a program that asks again above 100 dollars."""
    change_settings(SYSTEM, program=world.program, settings={"reauth_above_micros": {"USD": 100_000_000}})
    return signed_in(manager)


def asked(answer: Any) -> str:
    """The form that asks again, and nothing moved."""
    assert answer.status_code == 403
    text = str(answer.content.decode())
    assert "Confirm it is you" in text
    return text


@pytest.mark.parametrize("amounts", [{"USD": "100.00"}, {"EUR": "9000"}, {"USD": "-40"}, {}])
def test_up_to_the_limit_nobody_is_asked(client: Client, amounts: dict[str, str]) -> None:
    assert client.post("/move/", amounts).content == b"moved"


def test_above_the_limit_the_form_keeps_what_was_typed(client: Client) -> None:
    typed = {"USD": "-100.01", "note": 'He said "no" <twice>', "picked": ["3", "5"]}
    with unchanged():
        text = asked(client.post("/move/?tab=all", typed, headers={"Referer": "http://testserver/queue/?tab=all"}))
        assert "This moves <b>$100.01</b>; above $100.00 we ask who sits here." in text
        assert 'action="/move/?tab=all"' in text
        assert '<input type="hidden" name="note" value="He said &quot;no&quot; &lt;twice&gt;">' in text
        assert text.count('name="picked"') == 2
        assert 'href="/queue/?tab=all">Cancel' in text
    asked(client.post("/move/", {**typed, "confirm_secret": "wrong"}))
    text = asked(client.post("/move/", {**typed, "confirm_secret": ""}))
    assert "That is not right. Nothing was changed" in text
    assert "confirm_secret" not in [line.split('"')[3] for line in text.split("<input")[1:] if 'type="hidden"' in line]


def test_after_confirming_it_holds_for_five_minutes(client: Client, manager: Principal) -> None:
    assert client.post("/move/", {"USD": "500", "confirm_secret": PASSWORD}).content == b"moved"
    assert client.post("/move/", {"USD": "500"}).content == b"moved"
    with clock.shifted(timedelta(minutes=5, seconds=1)):
        asked(client.post("/move/", {"USD": "500"}))
    row = JournalEvent.objects.get(event="user.confirmed")
    assert (row.principal, row.changes) == (manager.id, {"by": "password"})


def test_a_code_confirms_too_and_only_once(client: Client, manager: Principal, signed_in: SignedIn) -> None:
    with_app(manager)
    code = code_now()
    assert client.post("/move/", {"USD": "500", "confirm_secret": code}).content == b"moved"
    asked(signed_in(manager).post("/move/", {"USD": "500", "confirm_secret": code}))


def test_signing_in_a_moment_ago_is_enough(client: Client) -> None:
    fresh = Client()
    fresh.post("/account/login/", {"login": "manager@test.example", "password": PASSWORD})
    assert fresh.post("/move/", {"USD": "500"}).content == b"moved"


def test_a_part_of_a_page_is_answered_with_the_form_in_place(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/lane/?x=1"}
    answer = client.post("/move/", {"USD": "500"}, headers=headers)
    text = asked(answer)
    assert "<html" not in text
    assert (answer["HX-Retarget"], answer["HX-Push-Url"]) == ("#main", "false")
    assert 'href="/lane/?x=1">Cancel' in text
    strange = client.post("/move/", {"USD": "500"}, headers={"Referer": "https://evil.example/x"})
    assert "Cancel" not in asked(strange)


def test_guessing_ends(client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reauthenticate": "2/m/user"}
    answers = [client.post("/move/", {"USD": "500", "confirm_secret": word}) for word in ("a", "b", PASSWORD)]
    assert "Too many attempts. Wait a minute and try again." in asked(answers[-1])
