"""The pages of tokens: what the list says, a secret shown once, the end of a token, and whose pages they are."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal, Scope
from makegood.parties.models import Token, User
from makegood.parties.operations import create_token
from makegood.parties.selectors import sign_in
from makegood.parties.states import ROLES, Dimension, RoleKey, Verb
from makegood.web.scopes import WORDS
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import World

NEW = "/admin/tokens/new/"
SECRET = re.compile(r"mg_[\w-]{43}")
FORM = {"name": "Billing feed", "which": "all", "per_minute": "600"}


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


@pytest.fixture
def browser(admin: Principal, signed_in: SignedIn) -> Client:
    return signed_in(admin)


def text(response: Any) -> str:
    return str(response.content.decode())


def made(page: str) -> str:
    """The one secret that the page shows."""
    (secret,) = set(SECRET.findall(page))
    return str(secret)


def test_a_token_is_made_and_its_secret_shown_this_once(
    world: World, manager: Principal, browser: Client, signed_in: SignedIn
) -> None:
    form = {
        **FORM,
        "acts_for": "manager@test.example",
        "which": "some",
        "scope": ["dispute.view", "charge.view"],
        "customers": "B1, B2",
        "program": world.program.key,
        "networks": "127.0.0.1, 2001:db8::/48",
        "last_day": "2031-03-31",
        "per_minute": "30",
    }
    response = browser.post(NEW, form)
    assert (response.status_code, response["Cache-Control"]) == (201, "private, no-store")
    page = text(response)
    secret = made(page)
    assert f"Authorization: Bearer {secret}" in page
    signed = sign_in(secret, ip="127.0.0.1")
    assert signed is not None
    assert (signed.principal.id, signed.per_minute) == (manager.id, 30)
    assert signed.principal.verbs == {"dispute.view", "charge.view"}
    paths = tuple(sorted((world.customer.path, world.other_customer.path)))
    assert signed.principal.scope == Scope(paths=paths, programs=(world.program.pk,))
    token = Token.objects.get()
    assert token.networks == ["127.0.0.1/32", "2001:db8::/48"]
    assert token.expires_at == datetime(2031, 4, 1, tzinfo=ZoneInfo("UTC"))
    for path in ("/admin/tokens/", NEW, f"/admin/tokens/{token.pk}/revoke/"):
        assert not SECRET.search(text(browser.get(path))), path
    assert not any(secret in str(session.get_decoded()) for session in Session.objects.all())
    assert secret not in str(browser.cookies)


def test_all_that_the_person_may_is_the_usual_choice(browser: Client, admin: Principal) -> None:
    page = text(browser.get(NEW))
    assert 'value="all" checked' in page
    assert f'value="{User.objects.get(pk=admin.id).email}"' in page
    secret = made(text(browser.post(NEW, {**FORM, "acts_for": "admin@test.example"})))
    signed = sign_in(secret)
    assert signed is not None
    assert signed.principal.verbs == ROLES[RoleKey.ADMIN][1]
    assert Token.objects.get().expires_at is None


def test_the_last_day_ends_where_the_viewer_is(world: World, signed_in: SignedIn) -> None:
    person = world.person("admin", "traveler")
    User.objects.filter(pk=person.id).update(zone=world.customer.zone)
    signed_in(person).post(NEW, {**FORM, "acts_for": "traveler@test.example", "last_day": "2031-03-31"})
    assert Token.objects.get().expires_at == datetime(2031, 4, 1, tzinfo=ZoneInfo("America/New_York"))


REFUSED = [
    ({"acts_for": "no@body.example"}, "There is nobody with the e-mail", "acts_for"),
    ({"customers": "B1,Z9"}, "There is no customer with number &quot;Z9&quot;.", "customers"),
    ({"program": "moon"}, "There is no program &quot;moon&quot;", "program"),
    ({"networks": "office"}, "&quot;office&quot; is not an address or a network", "networks"),
    ({"which": "some", "scope": ["dispute.create"]}, "cannot be granted without", "scopes"),
    (
        {"which": "some", "scope": ["dispute.create", "dispute.view"]},
        "admin may not &quot;dispute.create&quot;",
        "scopes",
    ),
    ({"which": "some", "scope": ["dispute.eat"]}, "is no scope", "scopes"),
    ({"which": "some"}, "it needs at least one scope", ""),
    ({"acts_for": "", "which": "some", "scope": ["charge.view"]}, "it acts for nobody, so it needs limits", ""),
    ({"name": " "}, "its name needs 1 to 100 characters", ""),
    ({"per_minute": "many"}, "it may make 1 to 1,000,000 requests a minute", ""),
    ({"per_minute": "9" * 5_000}, "it may make 1 to 1,000,000 requests a minute", ""),
    ({"last_day": "31.3.2031"}, "its last day is written as 2027-03-31", ""),
    ({"last_day": "9999-12-31"}, "its last day is written as 2027-03-31", ""),
    ({"last_day": "2020-01-01"}, "it would have ended already", ""),
]


@pytest.mark.parametrize(("changes", "sentence", "field"), REFUSED)
def test_what_cannot_be_made_comes_back_with_what_was_typed(
    browser: Client, changes: dict[str, Any], sentence: str, field: str
) -> None:
    form = {**FORM, "acts_for": "admin@test.example", "customers": "B1", **changes}
    if not form["acts_for"]:
        form["customers"] = ""
    with unchanged():
        response = browser.post(NEW, form)
    page = text(response)
    assert response.status_code == 422
    assert sentence in page
    assert "No token was made." in page
    assert (f'href="#f-{field}"' in page) is bool(field)
    assert f'name="customers" autocomplete="off" value="{form["customers"]}"' in page
    for scope in form.get("scope", []):
        assert scope == "dispute.eat" or f'value="{scope}" checked' in page


def test_the_list_says_who_may_what_until_when(world: World, manager: Principal, browser: Client) -> None:
    assert "No token yet." in text(browser.get("/admin/tokens/"))
    person = User.objects.get(pk=manager.id)
    limits = [(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))]
    create_token(
        SYSTEM, name="Feed <1>", scopes=["dispute.view", "dispute.decide"], acts_for=person, grants=limits,
        networks=["192.0.2.0/24"], expires_at=clock.now() + timedelta(days=5),
    )  # fmt: skip
    old = create_token(SYSTEM, name="Old", scopes=["charge.view"], acts_for=person).token
    Token.objects.filter(pk=old.pk).update(expires_at=clock.now(), last_used_at=clock.now())
    page = text(browser.get("/admin/tokens/"))
    for words in (
        "Feed &lt;1&gt;", "See disputes", "Decide and credit disputes", "2 permissions", "1 permission",
        "Acme Plumbing (B1) and below; from 192.0.2.0/24", "Sees what they see", "manager@test.example", "Active",
        "Expired", "600 requests a minute",
    ):  # fmt: skip
        assert words in page, words


def test_a_token_is_revoked_after_a_question(browser: Client) -> None:
    new = create_token(SYSTEM, name="Feed", scopes=["charge.view"], grants=[(Dimension.ALL, "")])
    path = f"/admin/tokens/{new.token.pk}/revoke/"
    with unchanged():
        assert "This cannot be undone" in text(browser.get(path))
    response = browser.post(path)
    assert (response.status_code, response["Location"]) == (303, "/admin/tokens/")
    page = text(browser.get("/admin/tokens/"))
    assert "“Feed” is revoked." in page
    assert "Revoke…" not in page
    assert sign_in(new.secret) is None
    with unchanged():
        assert "It was revoked before" in text(browser.get(path))
        browser.post(path)
    assert browser.get("/admin/tokens/987654/revoke/").status_code == 404


@pytest.mark.parametrize("role", ["buyer", "manager", "csr", "billing", "qa", "vendor"])
def test_the_pages_are_for_those_who_manage_tokens(role: str, world: World, signed_in: SignedIn) -> None:
    token = create_token(SYSTEM, name="Feed", scopes=["charge.view"], grants=[(Dimension.ALL, "")]).token
    party = {"buyer": {"customer_number": "B1"}, "vendor": {"vendor_number": "V1"}}.get(role, {})
    client = signed_in(world.person(role, f"no-{role}", **party))
    with unchanged():
        for path in ("/admin/tokens/", NEW, f"/admin/tokens/{token.pk}/revoke/"):
            assert client.get(path).status_code == 403, path
            assert client.post(path, {**FORM, "acts_for": "admin@test.example"}).status_code == 403, path
    assert "Developers" not in text(client.get("/notifications/"))


def test_administrators_find_them_in_the_menu(browser: Client) -> None:
    assert '<a href="/admin/tokens/" aria-current="page">' in text(browser.get(NEW))
    assert '<a href="/admin/tokens/">' in text(browser.get("/queue/"))


def test_every_permission_has_words() -> None:
    assert set(WORDS) == {verb.value for verb in Verb}
    assert len(set(WORDS.values())) == len(WORDS)
