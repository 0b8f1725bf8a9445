"""Who answers what somebody still asks: the contact of the nearest customer that has one, else of the program."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from makegood.parties.models import Contact, Customer


@dataclass(frozen=True)
class ContactCard:
    """A person as others are told of them; ``of`` names the customer or program they answer for.

    ``user_id`` is who they are here (None: they do not sign in). ``is_own`` says that it was set for the very customer
    or program that was asked for, not for one above.
    """

    name: str
    email: str
    phone: str
    hours: str
    of: str
    user_id: int | None = None
    user_email: str = ""
    is_own: bool = True


def contact_for(customer_id: int, program_id: int) -> ContactCard | None:
    """Whom a customer asks about a dispute of a program. The caller has scoped both."""
    path = Customer.objects.filter(pk=customer_id).values_list("path", flat=True).first() or ""
    steps = path.split(".")[:-1]
    above = [".".join(steps[: depth + 1]) + "." for depth in range(len(steps))]
    found = Contact.objects.filter(customer__path__in=above).select_related("customer", "user")
    nearest = max(found, key=lambda one: len(one.customer.path) if one.customer else 0, default=None)
    if nearest is not None:
        return _card(nearest, is_own=nearest.customer_id == customer_id)
    return contacts_of_programs([program_id]).get(program_id)


def contacts_of_programs(program_ids: Collection[int]) -> Mapping[int, ContactCard]:
    """The contacts of some programs, of those that have one. The caller has scoped them."""
    rows = Contact.objects.filter(program__in=program_ids).select_related("program", "user")
    return {row.program_id: _card(row) for row in rows if row.program_id is not None}


def contact_of_customer(customer_id: int) -> ContactCard | None:
    """The contact that was set for a customer itself. The caller has scoped it."""
    row = Contact.objects.filter(customer=customer_id).select_related("customer", "user").first()
    return _card(row) if row else None


def _card(row: Contact, *, is_own: bool = True) -> ContactCard:
    whose = row.customer.name if row.customer else row.program.name if row.program else ""
    known = row.user.email if row.user else ""
    return ContactCard(row.name, row.email, row.phone, row.hours, whose, row.user_id, known, is_own)
