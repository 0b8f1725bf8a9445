"""`makegood user` as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner, Result

from makegood.parties.entries import SYSTEM
from makegood.parties.models import User
from makegood.parties.operations import accept_invitation, create_customer, create_vendor
from makegood.parties.states import Dimension
from makegood.project.cli import cli

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def parties(db: None) -> None:
    create_customer(SYSTEM, number="C7", name="Lakeside Plumbing", currency="USD", zone="America/Chicago")
    create_vendor(SYSTEM, number="V7", name="Harbor Leads", currency="USD")


def _user(data: Path, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["user", words[0], "--data", str(data), *words[1:]], input=typed)


def assert_refused(result: Result, sentence: str) -> None:
    assert result.exit_code == 1
    assert result.stderr.strip() == sentence
    assert not User.objects.exists()


def test_a_buyer_is_limited_to_its_customer_and_gets_a_password_once(data: Path) -> None:
    result = _user(data, "add", "--email", "Ana@Lakeside.example", "--role", "buyer", "--customer", "C7")
    assert result.exit_code == 0, result.output
    first, second = result.stdout.splitlines()
    assert first == "ana@lakeside.example can sign in as buyer."
    person = User.objects.get()
    assert person.check_password(second.removeprefix("Password, shown this once: "))
    grant = person.grants.get()
    assert person.customer is not None
    assert (grant.dimension, grant.value) == (Dimension.CUSTOMER_SUBTREE, str(person.customer.pk))


def test_a_vendor_is_limited_to_itself(data: Path) -> None:
    result = _user(data, "add", "--email", "v@harbor.example", "--role", "vendor", "--vendor", "V7")
    assert result.exit_code == 0, result.output
    person = User.objects.get()
    grant = person.grants.get()
    assert person.vendor is not None
    assert (grant.dimension, grant.value) == (Dimension.VENDOR, str(person.vendor.pk))


@pytest.mark.parametrize("role", ["manager", "csr", "billing", "qa", "admin"])
def test_staff_see_everything(data: Path, role: str) -> None:
    result = _user(data, "add", "--email", "s@desk.example", "--role", role, "--name", "Sam", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    person = User.objects.get()
    assert (told["email"], told["role"]) == ("s@desk.example", role)
    assert person.check_password(told["password"])
    assert person.grants.get().dimension == Dimension.ALL


def test_a_given_password_is_not_repeated(data: Path) -> None:
    result = _user(data, "add", "--email", "m@desk.example", "--role", "manager", "--password", "tall quiet heron")
    assert result.exit_code == 0, result.output
    assert "heron" not in result.output
    assert User.objects.get().check_password("tall quiet heron")


def test_a_password_can_be_typed(data: Path) -> None:
    typed = "tall quiet heron\n" * 2
    result = _user(data, "add", "--email", "m@desk.example", "--role", "manager", "--prompt", typed=typed)
    assert result.exit_code == 0, result.output
    assert "heron" not in result.output
    assert User.objects.get().check_password("tall quiet heron")


def test_a_weak_password_is_refused_with_the_reasons(data: Path) -> None:
    result = _user(data, "add", "--email", "m@desk.example", "--role", "manager", "--password", "password")
    assert_refused(
        result,
        "This password is too short. It must contain at least 10 characters. This password is too common.",
    )


def test_a_buyer_without_customer_is_refused(data: Path) -> None:
    assert_refused(
        _user(data, "add", "--email", "a@lakeside.example", "--role", "buyer"),
        "A buyer sees what belongs to one customer: name it with --customer NUMBER. "
        "Importing calls with --create-parties makes the customers of the file.",
    )


def test_a_vendor_without_number_is_refused(data: Path) -> None:
    assert_refused(
        _user(data, "add", "--email", "a@harbor.example", "--role", "vendor"),
        "A vendor sees what belongs to one vendor: name it with --vendor NUMBER. "
        "Importing calls with --create-parties makes the vendors of the file.",
    )


def test_an_unknown_customer_is_refused(data: Path) -> None:
    assert_refused(
        _user(data, "add", "--email", "a@lakeside.example", "--role", "buyer", "--customer", "C8"),
        'There is no customer with number "C8".',
    )


def test_a_manager_of_one_customer_is_refused(data: Path) -> None:
    assert_refused(
        _user(data, "add", "--email", "m@desk.example", "--role", "manager", "--customer", "C7"),
        "Only a buyer belongs to a customer; leave --customer out for the role manager, or add a buyer.",
    )


def test_an_unknown_role_is_refused_with_the_roles(data: Path) -> None:
    assert_refused(
        _user(data, "add", "--email", "m@desk.example", "--role", "boss"),
        'There is no role "boss". The roles are: buyer, vendor, manager, csr, billing, qa, admin.',
    )


def test_a_bad_address_is_refused(data: Path) -> None:
    assert_refused(_user(data, "add", "--email", "nobody", "--role", "manager"), '"nobody" is not an e-mail address.')


def test_an_address_is_used_once_whatever_its_case(data: Path) -> None:
    assert _user(data, "add", "--email", "m@desk.example", "--role", "manager").exit_code == 0
    result = _user(data, "add", "--email", "M@Desk.example", "--role", "qa")
    assert result.exit_code == 1
    assert result.stderr.strip() == "Somebody with the e-mail M@Desk.example exists already."
    assert User.objects.count() == 1


def test_the_list_shows_what_each_sees(data: Path) -> None:
    assert "Nobody yet." in _user(data, "list").stdout
    _user(data, "add", "--email", "m@desk.example", "--role", "manager", "--name", "Mara")
    _user(data, "add", "--email", "a@lakeside.example", "--role", "buyer", "--customer", "C7")
    shown = _user(data, "list").stdout.splitlines()
    assert [" ".join(line.split()) for line in shown] == [
        "E-mail Name Role Sees",
        "m@desk.example Mara manager everything",
        "a@lakeside.example buyer customer C7 and below",
    ]
    assert [line["sees"] for line in json.loads(_user(data, "list", "--json").stdout)] == [
        "everything",
        "customer C7 and below",
    ]


def test_a_person_is_invited_switched_off_and_helped_with_a_lost_phone(data: Path) -> None:
    assert _user(data, "add", "--email", "boss@desk.example", "--role", "admin").exit_code == 0
    result = _user(data, "invite", "--email", "m@desk.example", "--role", "manager")
    assert result.exit_code == 0, result.output
    first, link = result.stdout.splitlines()
    assert first == "m@desk.example is invited as manager. The link, shown this once:"
    person = accept_invitation(link.split("/")[-2], name="Max", password="correct horse battery")
    assert _user(data, "switch", "M@desk.example", "--off").stdout == "m@desk.example is switched off.\n"
    assert not User.objects.get(pk=person.pk).is_active
    assert _user(data, "switch", "m@desk.example", "--on").exit_code == 0
    assert _user(data, "reset-second-step", "m@desk.example").stdout == "m@desk.example has no second step.\n"
    Authenticator.objects.create(user=person, type="totp", data={})
    helped = "m@desk.example signs in with the password alone until they set up an app again.\n"
    assert _user(data, "reset-second-step", "m@desk.example").stdout == helped
    last = _user(data, "switch", "boss@desk.example", "--off")
    assert (last.exit_code, "the last who can manage people" in last.stderr) == (1, True)
