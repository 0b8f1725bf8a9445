"""What the database forbids of contacts, tried one by one: each test breaks one law and reads its name."""

from __future__ import annotations

import pytest

from makegood.parties.models import Contact
from tests.refusals import refused_by
from tests.world import World


def test_a_contact_is_for_one_program_or_one_customer(world: World) -> None:
    words = {"name": "Nina", "email": "nina@operator.example"}
    with refused_by("contact_of_one"):
        Contact.objects.create(**words)
    with refused_by("contact_of_one"):
        Contact.objects.create(program=world.program, customer=world.customer, **words)


@pytest.mark.parametrize("blank", ["name", "email"])
def test_a_contact_can_be_named_and_written_to(world: World, blank: str) -> None:
    with refused_by("contact_can_be_named_and_written_to"):
        Contact.objects.create(program=world.program, **{"name": "Nina", "email": "n@operator.example", blank: ""})
