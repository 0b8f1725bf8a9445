"""`makegood token` as somebody types it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal, Scope
from makegood.parties.models import Customer, Program, Token, User
from makegood.parties.operations import add_user, create_customer, create_program, create_token
from makegood.parties.selectors import sign_in
from makegood.parties.states import ROLES, Dimension, RoleKey
from makegood.project.cli import cli
from tests.refusals import unchanged
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

EMAIL = "rosa@desk.example"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def parties(db: None) -> None:
    create_program(SYSTEM, key="telecom", name="Telecom", preset="telecom_billing", settings={})
    create_customer(SYSTEM, number="C7", name="Lakeside Plumbing", currency="USD", zone="America/Chicago")
    create_customer(SYSTEM, number="C8", name="Harbor Hotels", currency="USD")
    add_user(SYSTEM, email=EMAIL, password=PASSWORD, role_key="billing", name="Rosa")


def _token(data: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["token", words[0], "--data", str(data), *words[1:]])


def _made(data: Path, *words: str) -> dict[str, Any]:
    result = _token(data, "create", "--json", *words)
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def _principal(secret: str) -> Principal:
    signed = sign_in(secret)
    assert signed is not None
    return signed.principal


def assert_refused(result: Result, sentence: str) -> None:
    assert result.exit_code == 1
    assert result.stderr.strip() == sentence
    assert result.stdout == ""


def test_a_token_for_a_person_may_all_that_they_may(data: Path) -> None:
    result = _token(data, "create", "--name", "Billing feed", "--acts-for", EMAIL.upper())
    assert result.exit_code == 0, result.output
    first, may, secret, header = result.stdout.splitlines()
    assert first == (
        'The token "Billing feed" is made. It acts for Rosa <rosa@desk.example> and sees what they see. '
        "It does not end by itself."
    )
    text = secret.removeprefix("Secret, shown this once: ")
    assert header == f"Send it with each request as the header  Authorization: Bearer {text}"
    principal = _principal(text)
    assert principal.verbs == ROLES[RoleKey.BILLING][1]
    assert may == f"It may: {', '.join(sorted(principal.verbs))}"
    assert principal.scope.everything
    assert text not in str(Token.objects.values())


def test_every_option_reaches_the_token(data: Path) -> None:
    told = _made(
        data, "--name", "Narrow", "--acts-for", EMAIL, "--scope", "dispute.view", "--scope", "charge.view",
        "--customer", "C7", "--customer", "C8", "--program", "telecom", "--network", "192.0.2.0/24",
        "--network", "2001:db8::1", "--expires", "2031-03-31", "--per-minute", "30",
    )  # fmt: skip
    token = Token.objects.get()
    assert (told["id"], told["hint"], told["state"]) == (token.pk, told["secret"][:9], "active")
    assert (told["scopes"], told["per_minute"]) == (["charge.view", "dispute.view"], 30)
    assert told["networks"] == ["192.0.2.0/24", "2001:db8::1/128"]
    assert datetime.fromisoformat(told["expires_at"]) == datetime(2031, 4, 1, tzinfo=UTC)
    assert sorted(told["sees"]) == [
        "Harbor Hotels (C8) and below",
        "Lakeside Plumbing (C7) and below",
        "program Telecom",
    ]
    signed = sign_in(told["secret"], ip="2001:db8::1")
    assert signed is not None
    assert signed.principal.scope == Scope(
        paths=tuple(Customer.objects.order_by("path").values_list("path", flat=True)),
        programs=(Program.objects.get(key="telecom").pk,),
    )


def test_days_count_from_now(data: Path) -> None:
    before = clock.now()
    _made(data, "--name", "Quarter", "--acts-for", EMAIL, "--expires", "90d")
    ends = Token.objects.get().expires_at
    assert ends is not None
    assert timedelta() <= ends - (before + timedelta(days=90)) < timedelta(minutes=5)


def test_a_token_for_nobody_needs_scopes_and_limits(data: Path) -> None:
    with unchanged():
        assert_refused(
            _token(data, "create", "--name", "Feed", "--everything"),
            "The token cannot be made: it needs at least one scope.",
        )
        assert_refused(
            _token(data, "create", "--name", "Feed", "--scope", "import.run"),
            "The token cannot be made: it acts for nobody, so it needs limits that say what it sees.",
        )
    told = _made(data, "--name", "Feed", "--scope", "import.run", "--everything")
    assert (_principal(told["secret"]).id, told["acts_for"], told["sees"]) == (None, "", ["everything"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--acts-for", "no@body.example"], 'There is nobody with the e-mail "no@body.example" who may sign in.'),
        (["--customer", "C9"], 'There is no customer with number "C9".'),
        (["--program", "moon"], 'There is no program "moon" that a token could be limited to.'),
        (["--network", "office"], '"office" is not an address or a network such as 192.0.2.0/24.'),
        (["--scope", "payout.view"], 'Rosa may not "payout.view", so a token that acts for them cannot either.'),
        (["--expires", "2020-01-01"], "The token cannot be made: it would have ended already."),
        (["--per-minute", "0"], "The token cannot be made: it may make 1 to 1,000,000 requests a minute."),
        *(
            (
                ["--expires", text],
                f'"{text}" is no end; write it as days from now, 90d, or as the last day in UTC, 2027-03-31.',
            )
            for text in ("soon", "0d", "90", "100000d", "2027-02-30", "9999-12-31")
        ),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(data: Path, words: list[str], sentence: str) -> None:
    acts_for = [] if "--acts-for" in words else ["--acts-for", EMAIL]
    with unchanged():
        assert_refused(_token(data, "create", "--name", "Feed", *acts_for, *words), sentence)


def test_a_person_who_was_switched_off_gets_no_token(data: Path) -> None:
    User.objects.update(is_active=False)
    assert_refused(
        _token(data, "create", "--name", "Feed", "--acts-for", EMAIL),
        f'There is nobody with the e-mail "{EMAIL}" who may sign in.',
    )


def test_the_list_says_what_each_may_and_never_a_secret(data: Path) -> None:
    assert _token(data, "list").stdout.startswith("No token yet.")
    assert json.loads(_token(data, "list", "--json").stdout) == []
    one = _made(data, "--name", "Feed", "--scope", "import.run", "--everything", "--network", "192.0.2.7")
    two = _made(data, "--name", "Billing", "--acts-for", EMAIL, "--scope", "dispute.view", "--expires", "2031-03-31")
    Token.objects.filter(pk=two["id"]).update(last_used_at=datetime(2026, 11, 3, 14, 5, tzinfo=UTC))
    _token(data, "revoke", str(one["id"]))
    shown = _token(data, "list").stdout
    assert [" ".join(line.split()) for line in shown.splitlines()] == [
        "Id Name Hint Acts for State Last used Ends Sees From A minute Scopes",
        f"{two['id']} Billing {two['hint']} {EMAIL} active 2026-11-03 14:05 2031-04-01 00:00 what they see anywhere"
        " 600 dispute.view",
        f"{one['id']} Feed {one['hint']} nobody revoked never never everything 192.0.2.7/32 600 import.run",
    ]
    listed = _token(data, "list", "--json").stdout
    assert [(row["name"], row["state"]) for row in json.loads(listed)] == [("Billing", "active"), ("Feed", "revoked")]
    assert not any(made["secret"][9:] in text for made in (one, two) for text in (shown, listed))


@pytest.mark.parametrize("by", ["id", "hint", "name"])
def test_a_token_is_revoked_by_what_it_is_called(data: Path, by: str) -> None:
    other = _made(data, "--name", "Other", "--acts-for", EMAIL)
    told = _made(data, "--name", "Feed", "--acts-for", EMAIL)
    result = _token(data, "revoke", str(told[by]))
    assert result.stdout.strip() == f'"Feed" ({told["hint"]}) is revoked; requests with it are refused from now on.'
    assert sign_in(told["secret"]) is None
    assert sign_in(other["secret"]) is not None
    with unchanged():
        again = _token(data, "revoke", str(told[by])).stdout
    assert again.startswith(f'"Feed" ({told["hint"]}) was revoked before, on 20')


def test_a_name_that_several_have_is_refused_with_their_hints(data: Path) -> None:
    one, two = (_made(data, "--name", "Feed", "--acts-for", EMAIL) for _ in range(2))
    with unchanged():
        assert_refused(
            _token(data, "revoke", "Feed"),
            f'"Feed" may mean 2 tokens: {two["hint"]} (id {two["id"]}), {one["hint"]} (id {one["id"]}). '
            "Name one by its hint or id. None was revoked.",
        )
    _token(data, "revoke", one["hint"])
    assert _token(data, "revoke", "Feed").exit_code == 0
    assert not Token.objects.filter(revoked_at__isnull=True).exists()


def test_a_token_that_is_not_there_is_refused(data: Path) -> None:
    create_token(SYSTEM, name="Feed", scopes=["import.run"], grants=[(Dimension.ALL, "")])
    with unchanged():
        assert_refused(
            _token(data, "revoke", "mg_"),
            'There is no token "mg_"; `makegood token list` shows them by name, hint and id.',
        )
