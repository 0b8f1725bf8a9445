"""The demo's token: one over all starts, as long as it works; its file is for its owner alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from makegood.parties.entries import SYSTEM
from makegood.parties.models import Customer, Role, Token, User
from makegood.parties.operations import add_user, create_customer, revoke_token
from makegood.parties.selectors import sign_in
from makegood.project.demo.api_token import api_of_demo
from makegood.project.demo.people import BILLING
from tests.refusals import unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db: None) -> Customer:
    add_user(SYSTEM, email=BILLING.email, password=BILLING.password, role_key=BILLING.role, name=BILLING.name)
    return create_customer(SYSTEM, number="1234", name="Cardinal Courier", currency="USD")


def test_it_acts_for_the_billing_representative_with_all_of_the_role(customer: Customer, tmp_path: Path) -> None:
    api = api_of_demo(tmp_path)
    assert (api.acts_for, api.customer_id) == (BILLING.email, customer.pk)
    signed = sign_in(api.token)
    assert signed is not None
    assert (signed.principal.label, signed.principal.role) == (BILLING.name, "billing")
    assert signed.principal.verbs == set(Role.objects.get(key="billing").verbs)
    file = tmp_path / "api-token"
    assert (file.stat().st_mode & 0o777, file.read_text(encoding="ascii")) == (0o600, f"{api.token}\n")
    assert list(tmp_path.iterdir()) == [file]


def test_each_start_shows_the_same_one(customer: Customer, tmp_path: Path) -> None:
    first = api_of_demo(tmp_path)
    (tmp_path / "api-token").chmod(0o644)
    with unchanged():
        assert api_of_demo(tmp_path) == first
    assert (tmp_path / "api-token").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("lost", ["file", "garbled", "token", "revoked", "role"])
def test_one_that_is_lost_or_too_little_is_replaced(lost: str, customer: Customer, tmp_path: Path) -> None:
    first, file = api_of_demo(tmp_path), tmp_path / "api-token"
    match lost:
        case "file":
            file.unlink()
        case "garbled":
            file.write_bytes(b"\xff\xfe")
        case "token":
            Token.objects.all().delete()
        case "revoked":
            revoke_token(SYSTEM, token_id=Token.objects.get().pk)
        case "role":
            role = Role.objects.get(key="billing")
            Role.objects.filter(pk=role.pk).update(verbs=[*role.verbs, "payout.view"])
    second = api_of_demo(tmp_path)
    assert second.token != first.token
    assert sign_in(first.token) is None
    assert sign_in(second.token) is not None
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_demo_of_an_earlier_release_gets_the_person(tmp_path: Path) -> None:
    create_customer(SYSTEM, number="1234", name="Cardinal Courier", currency="USD")
    assert sign_in(api_of_demo(tmp_path).token) is not None
    assert User.objects.get(email=BILLING.email).check_password(BILLING.password)
