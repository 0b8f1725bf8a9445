"""Verbs of parties: what they make, and every refusal by its sentence with rows untouched."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.journal.models import JournalEvent
from makegood.kernel.errors import Refusal, UnknownCurrency
from makegood.parties import errors
from makegood.parties.entries import SYSTEM, Principal, Scope
from makegood.parties.models import Role, User
from makegood.parties.operations import (
    add_user,
    change_settings,
    create_customer,
    create_program,
    create_vendor,
    grant_verbs,
    set_grants,
)
from makegood.parties.selectors import demand, principal_of
from makegood.parties.states import ROLES, Dimension, Verb
from tests.refusals import unchanged
from tests.world import PASSWORD, World

NEW: dict[str, Any] = {"email": "new@test.example", "password": PASSWORD, "role_key": "buyer", "customer_number": "B1"}


@pytest.mark.parametrize(
    ("facts", "error", "message"),
    [
        ({"email": "nobody"}, errors.BadEmail, '"nobody" is not an e-mail address.'),
        ({"email": ""}, errors.BadEmail, '"" is not an e-mail address.'),
        (
            {"email": "BUYER@test.example"},
            errors.EmailTaken,
            "Somebody with the e-mail BUYER@test.example exists already.",
        ),
        (
            {"role_key": "pope"},
            errors.UnknownRole,
            'There is no role "pope". The roles are: buyer, vendor, manager, csr, billing, qa, admin.',
        ),
        ({"customer_number": "B9"}, errors.UnknownCustomer, 'There is no customer with number "B9".'),
        ({"vendor_number": "V9"}, errors.UnknownVendor, 'There is no vendor with number "V9".'),
        ({"customer_number": None}, errors.PartyRequired, "A buyer belongs to a customer; name it by its number."),
        ({"role_key": "vendor"}, errors.PartyRequired, "A vendor belongs to a vendor; name it by its number."),
        (
            {"zone": "Mars/Olympus"},
            errors.UnknownZone,
            '"Mars/Olympus" is not a time zone of the IANA list, such as America/New_York.',
        ),
    ],
)
def test_person_who_cannot_be_added(
    buyer: Principal, facts: dict[str, Any], error: type[Refusal], message: str
) -> None:
    with unchanged(), pytest.raises(error) as raised:
        add_user(SYSTEM, **{**NEW, **facts})
    assert raised.value.message == message


@pytest.mark.parametrize(
    ("role", "party", "grant"),
    [
        ("buyer", {"customer_number": "B1"}, Dimension.CUSTOMER_SUBTREE),
        ("vendor", {"vendor_number": "V1"}, Dimension.VENDOR),
        ("manager", {}, Dimension.ALL),
        ("csr", {}, Dimension.ALL),
        ("billing", {}, Dimension.ALL),
        ("qa", {}, Dimension.ALL),
        ("admin", {}, Dimension.ALL),
    ],
)
def test_person_has_the_verbs_of_the_role_and_one_limit(
    world: World, role: str, party: dict[str, str], grant: Dimension
) -> None:
    made = add_user(SYSTEM, email="New@Test.Example", password=PASSWORD, role_key=role, name="Kim", **party)
    user = User.objects.get(email="new@test.example")
    assert (user.pk, user.check_password(PASSWORD), user.is_staff) == (made.pk, True, role == "admin")
    assert [found.dimension for found in user.grants.all()] == [grant]
    principal = principal_of(user)
    assert principal.verbs == next(verbs for key, (_, verbs) in ROLES.items() if key == role)
    event = JournalEvent.objects.get(event="user.created", object_id=user.pk)
    assert event.changes == {"email": "new@test.example", "role": role}
    assert PASSWORD not in str(event.changes)


def test_demand_names_the_verb(buyer: Principal) -> None:
    demand(buyer, Verb.DISPUTE_CREATE)
    with pytest.raises(errors.NotPermitted) as raised:
        demand(buyer, Verb.DISPUTE_DECIDE)
    assert raised.value.message == 'This needs the permission "dispute.decide"; an administrator can grant it.'


PARTY: dict[str, Any] = {"number": "N1", "name": "New", "currency": "USD"}


@pytest.mark.parametrize(
    ("facts", "error", "message"),
    [
        ({"currency": "XYZ"}, UnknownCurrency, '"XYZ" is not a currency code of ISO 4217.'),
        ({"zone": "Moon"}, errors.UnknownZone, '"Moon" is not a time zone of the IANA list, such as America/New_York.'),
    ],
)
def test_party_that_cannot_be_made(world: World, facts: dict[str, str], error: type[Refusal], message: str) -> None:
    for create in (create_customer, create_vendor):
        with unchanged(), pytest.raises(error) as raised:
            create(SYSTEM, **{**PARTY, **facts})
        assert raised.value.message == message


def test_number_that_is_taken(world: World) -> None:
    for number, create in (("B1", create_customer), ("V1", create_vendor)):
        with unchanged(), pytest.raises(errors.NumberTaken) as raised:
            create(SYSTEM, **{**PARTY, "number": number})
        kind = create.__name__.removeprefix("create_")
        assert raised.value.message == f'The number "{number}" is already used by another {kind}.'
    with unchanged(), pytest.raises(errors.NumberTaken):
        create_program(SYSTEM, key=world.program.key, name="Again", preset="x", settings={})


def test_settings_not_named_stay(world: World) -> None:
    before = dict(world.program.settings)
    change_settings(SYSTEM, program=world.program, settings={"auto_close": False})
    world.program.refresh_from_db()
    assert world.program.settings == {**before, "auto_close": False}
    changes = JournalEvent.objects.get(event="program.configured").changes
    assert changes == {"before": {"auto_close": True}, "after": {"auto_close": False}}


def test_verb_is_not_granted_without_the_one_it_needs(world: World) -> None:
    role = Role.objects.get(key="qa")
    with unchanged(), pytest.raises(errors.PermissionNeeded) as raised:
        grant_verbs(SYSTEM, role=role, verbs=frozenset({Verb.DISPUTE_DECIDE}))
    assert raised.value.message == '"dispute.decide" cannot be granted without "dispute.view".'


def test_granted_verbs_and_authority_reach_the_principal(manager: Principal) -> None:
    role = Role.objects.get(key="manager")
    verbs = frozenset({Verb.DISPUTE_VIEW, Verb.DISPUTE_DECIDE})
    grant_verbs(SYSTEM, role=role, verbs=verbs, max_decision_micros={"USD": 5})
    principal = principal_of(User.objects.get(pk=manager.id))
    assert (principal.verbs, principal.max_decision_micros) == (verbs, {"USD": 5})
    grant_verbs(SYSTEM, role=role, verbs=verbs)
    assert Role.objects.get(key="manager").max_decision_micros == {"USD": 5}


def test_limits_are_replaced_and_journaled(buyer: Principal, world: World) -> None:
    user = User.objects.get(pk=buyer.id)
    set_grants(SYSTEM, user=user, grants=[(Dimension.AGENT, "ann"), (Dimension.AGENT, "bob")])
    assert principal_of(user).scope == Scope(agents=("ann", "bob"))
    changes = JournalEvent.objects.get(event="user.limited").changes
    assert changes["before"] == [["customer_subtree", str(world.customer.pk)]]
    assert changes["after"] == [["agent", "ann"], ["agent", "bob"]]
