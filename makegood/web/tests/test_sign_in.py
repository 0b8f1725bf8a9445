"""The door: who gets in, what strangers learn (nothing), limits of attempts, second steps, sessions, reset."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client

from makegood.journal.models import JournalEvent
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Role, User
from makegood.parties.operations import invite, switch_person
from makegood.project.settings import CACHES
from makegood.web import presence
from tests.refusals import unchanged
from tests.world import PASSWORD, World

LOGIN, SECRET = "/account/login/", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reauthenticate": "10/m/user",
    "reset_password": "3/m/ip,2/m/key",
    "invitation": "2/m/ip",
}
NOTED = ("parties_shared_value",)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    presence._noted.clear()


def try_to_sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": email, "password": password})


def is_in(client: Client) -> bool:
    return bool(client.get("/preferences/security/").status_code == 200)


def code_now(secret: str = SECRET, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))  # noqa: TID251 - the app's clock


def with_app(principal: Principal) -> User:
    """The person has an authenticator app."""
    user = User.objects.get(pk=principal.id or 0)
    Authenticator.objects.create(user=user, type="totp", data={"secret": get_adapter().encrypt(SECRET)})
    return user


def events(user_id: int | None) -> list[str]:
    rows = JournalEvent.objects.filter(object_kind="user", object_id=user_id or 0).order_by("id")
    return [event for event in rows.values_list("event", flat=True) if event != "user.created"]


def without_what_was_typed(page: bytes) -> str:
    text = re.sub(r'value="[^"]*@[^"]*"', "", page.decode())
    return re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken": |nonce=)[^>]*>', "", text)


def test_strangers_wrong_passwords_and_people_switched_off_read_the_same(buyer: Principal, manager: Principal) -> None:
    switch_person(SYSTEM, user_id=manager.id or 0, on=False)
    invited = invite(SYSTEM, email="asked@test.example", role_key="qa").user
    answers = [
        try_to_sign_in(Client(), email, password)
        for email, password in (
            ("nobody@test.example", PASSWORD),
            ("buyer@test.example", "not the password"),
            ("manager@test.example", PASSWORD),
            (invited.email, PASSWORD),
        )
    ]
    assert {answer.status_code for answer in answers} == {200}
    pages = {without_what_was_typed(answer.content) for answer in answers}
    assert len(pages) == 1
    assert "E-mail or password is not correct." in pages.pop()
    assert [events(pk)[-1] for pk in (buyer.id, manager.id, invited.pk, 0)] == ["user.sign_in_failed"] * 4
    assert "nobody@" not in str(list(JournalEvent.objects.filter(object_id=0).values()))


def test_after_five_wrong_passwords_the_right_one_has_to_wait(buyer: Principal, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    assert str(CACHES["default"]["BACKEND"]).endswith("DatabaseCache")
    for _ in range(5):
        try_to_sign_in(Client(), "buyer@test.example", "wrong")
    with unchanged(but=NOTED):
        answer = try_to_sign_in(Client(), "buyer@test.example")
    assert "Too many attempts. Wait five minutes and try again." in answer.content.decode()
    cache.clear()
    client = Client()
    assert try_to_sign_in(client, "buyer@test.example").status_code == 302
    assert events(buyer.id) == ["user.sign_in_failed"] * 5 + ["user.signed_in"]


def test_too_many_invitations_are_tried(world: World, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    client = Client()
    answers = [client.post(f"/invitation/{'x' * 43}/", {"password": PASSWORD}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[-1]["Retry-After"] == "60"


def test_the_second_step_takes_each_code_once(buyer: Principal) -> None:
    user = with_app(buyer)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    client = Client()
    assert try_to_sign_in(client, user.email)["Location"] == "/account/code/"
    assert not is_in(client)
    assert "The code is not correct" in client.post("/account/code/", {"code": "000000"}).content.decode()
    code = code_now()
    assert client.post("/account/code/", {"code": code}).status_code == 302
    assert is_in(client)
    other = Client()
    try_to_sign_in(other, user.email)
    assert other.post("/account/code/", {"code": code}).status_code == 200, "the same code again"
    assert other.post("/account/code/", {"code": codes[0]}).status_code == 302
    third = Client()
    try_to_sign_in(third, user.email)
    assert third.post("/account/code/", {"code": codes[0]}).status_code == 200, "the same recovery code again"
    assert events(buyer.id) == [
        "user.code_failed", "user.signed_in", "user.code_failed", "user.recovery_code_used", "user.signed_in",
        "user.code_failed",
    ]  # fmt: skip
    kept = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert SECRET not in kept


def test_codes_cannot_be_guessed_for_long(buyer: Principal, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    user = with_app(buyer)
    client = Client()
    try_to_sign_in(client, user.email)
    for _ in range(5):
        client.post("/account/code/", {"code": "000000"})
    assert "Too many attempts" in client.post("/account/code/", {"code": code_now()}).content.decode()
    assert not is_in(client)


def test_a_role_that_asks_for_a_second_step_leads_there(buyer: Principal) -> None:
    Role.objects.filter(key="buyer").update(requires_totp=True)
    client = Client()
    try_to_sign_in(client, "buyer@test.example")
    assert client.get("/calls/")["Location"] == "/account/authenticator/"
    part = client.get("/calls/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (204, "/account/authenticator/")
    page = client.get("/account/authenticator/").content.decode()
    found = re.search(r'id="totp-key">([A-Z2-7]+)<', page)
    assert found
    assert 'style="' not in page
    done = client.post("/account/authenticator/", {"code": code_now(found[1])})
    assert done["Location"] == "/account/recovery-codes/"
    assert len(re.findall(r"<code>\d{8}</code>", client.get("/account/recovery-codes/").content.decode())) == 10
    assert client.get("/calls/").status_code == 200


def test_sessions_are_listed_and_end_at_once(buyer: Principal) -> None:
    here, there, gone = Client(), Client(), Client(headers={"User-Agent": "Mozilla (Windows NT 10.0) Firefox/140.0"})
    for client in (here, there, gone):
        try_to_sign_in(client, "buyer@test.example")
        assert is_in(client)
    page = here.get("/preferences/security/").content.decode()
    assert "Firefox on Windows" in page
    others = [int(pk) for pk in re.findall(r"/preferences/security/sessions/(\d+)/", page)]
    assert len(others) == 2
    assert here.post(f"/preferences/security/sessions/{others[0]}/").status_code == 303
    assert (is_in(there), is_in(gone)).count(True) == 1
    here.post("/preferences/security/sessions/")
    assert (is_in(here), is_in(there), is_in(gone)) == (True, False, False)
    stranger = Client()
    stranger.force_login(
        User.objects.create(email="s@test.example", role=Role.objects.get(key="qa"), created_at="2026-01-01T00:00Z")
    )
    with unchanged():
        assert stranger.post(f"/preferences/security/sessions/{others[0]}/").status_code == 404


def test_whoever_is_switched_off_or_changes_the_password_elsewhere_is_out(buyer: Principal) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        try_to_sign_in(client, "buyer@test.example")
        client.get("/preferences/security/")
    new = "another good password"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/", form).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    switch_person(SYSTEM, user_id=buyer.id or 0, on=False)
    assert not is_in(here)
    assert "user.password_changed" in events(buyer.id)


def test_a_new_password_by_mail_tells_strangers_nothing(buyer: Principal, manager: Principal, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    switch_person(SYSTEM, user_id=manager.id or 0, on=False)
    invited = invite(SYSTEM, email="asked@test.example", role_key="qa").user.email
    for email in ("buyer@test.example", "nobody@test.example", "manager@test.example"):
        assert Client().post("/account/reset/", {"email": email})["Location"] == "/account/reset/sent/"
    known, unknown, off = mail.outbox
    assert (known.to, unknown.subject) == (["buyer@test.example"], off.subject)
    assert Client().post("/account/reset/", {"email": invited}).status_code == 429
    found = re.search(r"http://[^/]+(/account/reset/\S+/)", str(known.body))
    assert found
    client = Client()
    where = client.get(found[1])["Location"]
    new = "a password by mail"
    assert client.post(where, {"password1": new, "password2": new}).status_code == 302
    assert "This link has ended" in Client().get(found[1]).content.decode()
    assert try_to_sign_in(Client(), "buyer@test.example", new).status_code == 302
    assert events(buyer.id) == ["user.password_reset", "user.signed_in"]


def test_a_forged_host_gets_no_link(buyer: Principal, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["desk.example", "old.example"]
    asked = {"email": "buyer@test.example"}
    with unchanged():
        assert Client().post("/account/reset/", asked, headers={"host": "evil.example"}).status_code == 400
    assert mail.outbox == []
    for headers in ({"host": "old.example"}, {"host": "desk.example", "x-forwarded-host": "evil.example"}):
        assert Client().post("/account/reset/", asked, headers=headers).status_code == 302
    settings.PUBLIC_URL = "https://disputes.example"
    assert Client().post("/account/reset/", asked, headers={"host": "old.example"}).status_code == 302
    links = [re.search(r"https?://[^/]+(?=/account/reset/)", str(sent.body)) for sent in mail.outbox]
    assert [found[0] for found in links if found] == [
        "http://old.example", "http://desk.example", "https://disputes.example"
    ]  # fmt: skip
    (last,) = re.findall(r"https://disputes\.example(/account/reset/\S+/)", str(mail.outbox[-1].body))
    assert Client().get(last, headers={"host": "old.example"}).status_code == 302


def test_without_mail_nobody_is_promised_a_link(world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert "Forgot your password?" not in Client().get(LOGIN).content.decode()
    assert "This installation sends no mail." in Client().get("/account/reset/").content.decode()
