"""Who answers further questions: named for a program or a customer, the nearest is found, half a name is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from makegood.journal.models import JournalEvent
from makegood.parties.entries import SYSTEM, ContactWords, Principal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.operations import create_customer, set_customer_contact, set_program_contact
from makegood.parties.selectors import contact_for, contact_of_customer
from tests.refusals import unchanged
from tests.world import World

NINA = ContactWords("Nina Ortiz", "nina@operator.example", "+1 212 555 0199", "Monday to Friday, 9 to 5")
OMAR = ContactWords("Omar Reyes", "omar@operator.example")


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def test_the_nearest_contact_answers_and_a_program_one_where_no_customer_has_any(
    world: World, admin: Principal, manager: Principal
) -> None:
    site = create_customer(SYSTEM, number="B1-1", name="Acme East", currency="USD", parent=world.customer)
    assert contact_for(site.pk, world.program.pk) is None
    said = replace(NINA, user_email="MANAGER@test.example")
    set_program_contact(admin, program_key=world.program.key, words=said)
    card = contact_for(site.pk, world.program.pk)
    assert card is not None
    assert (card.name, card.of, card.user_id, card.hours) == (NINA.name, "Calls", manager.id, NINA.hours)
    set_customer_contact(admin, customer_id=world.customer.pk, words=OMAR)
    above = contact_for(site.pk, world.program.pk)
    assert above is not None
    assert (above.name, above.of, above.is_own) == ("Omar Reyes", "Acme Plumbing", False)
    assert contact_of_customer(site.pk) is None
    set_customer_contact(admin, customer_id=world.customer.pk, words=None)
    back = contact_for(world.customer.pk, world.program.pk)
    assert back is not None
    assert back.name == NINA.name
    assert [
        (event.event, (event.changes["after"] or {}).get("name"))
        for event in JournalEvent.objects.filter(event__endswith=".contact_changed").order_by("id")
    ] == [
        ("program.contact_changed", NINA.name), ("customer.contact_changed", OMAR.name),
        ("customer.contact_changed", None),
    ]  # fmt: skip


def test_the_same_words_again_are_no_change(world: World, admin: Principal) -> None:
    set_program_contact(admin, program_key=world.program.key, words=NINA)
    with unchanged():
        set_program_contact(admin, program_key=world.program.key, words=replace(NINA, name=" Nina Ortiz "))


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (replace(NINA, name=" "), "CONTACT_INCOMPLETE", "A contact has a name and an e-mail address."),
        (replace(NINA, email=""), "CONTACT_INCOMPLETE", "A contact has a name and an e-mail address."),
        (replace(NINA, email="nina"), "BAD_EMAIL", '"nina" is not an e-mail address.'),
        (replace(NINA, phone="1" * 41), "CONTACT_TOO_LONG", "That is too long for a contact: at most 40 characters."),
        (
            replace(NINA, user_email="who@nowhere.example"),
            "UNKNOWN_PERSON",
            'There is nobody with the e-mail "who@nowhere.example" who may sign in.',
        ),
    ],
)
def test_an_incomplete_contact_is_refused(
    world: World, admin: Principal, words: ContactWords, code: str, message: str
) -> None:
    with unchanged(), pytest.raises(Exception, match=code) as caught:
        set_program_contact(admin, program_key=world.program.key, words=words)
    assert str(caught.value) == f"{code}: {message}"


def test_only_who_edits_programs_or_customers_names_one(world: World, manager: Principal, csr: Principal) -> None:
    with unchanged(), pytest.raises(NotPermitted):
        set_program_contact(manager, program_key=world.program.key, words=NINA)
    with unchanged(), pytest.raises(NotPermitted):
        set_customer_contact(csr, customer_id=world.customer.pk, words=NINA)


def test_what_is_out_of_sight_is_absent(admin: Principal) -> None:
    with unchanged(), pytest.raises(NotFound):
        set_program_contact(admin, program_key="nowhere", words=NINA)
    with unchanged(), pytest.raises(NotFound):
        set_customer_contact(admin, customer_id=999_999, words=None)
