"""Names who answers further questions: for a program, or for a customer and those below."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from makegood.journal import operations as journal
from makegood.parties.entries import ContactWords, Principal
from makegood.parties.errors import BadEmail, ContactIncomplete, ContactTooLong, NotFound, UnknownPerson
from makegood.parties.models import Contact, Customer, Program, User
from makegood.parties.selectors import customers_visible_to, demand, programs_visible_to
from makegood.parties.states import Verb

LONGEST = {"name": 200, "email": 254, "phone": 40, "hours": 200}
EVENT = "contact_changed"


@transaction.atomic
def set_program_contact(principal: Principal, *, program_key: str, words: ContactWords | None) -> Contact | None:
    """Name whom the customers of a program ask; None names nobody any more.

    Errors: CONTACT_INCOMPLETE, CONTACT_TOO_LONG, BAD_EMAIL, UNKNOWN_PERSON, NOT_FOUND. Raises NotPermitted.
    """
    demand(principal, Verb.PROGRAM_EDIT)
    found = programs_visible_to(principal).filter(key=program_key).select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound()
    facts = {"event": f"program.{EVENT}", "object_kind": "program", "object_id": found.pk, "program_id": found.pk}
    return _set(principal, {"program": found}, words, facts)


@transaction.atomic
def set_customer_contact(principal: Principal, *, customer_id: int, words: ContactWords | None) -> Contact | None:
    """Name whom a customer and those below ask, in every program; None leaves it to whoever is named above.

    Errors: CONTACT_INCOMPLETE, CONTACT_TOO_LONG, BAD_EMAIL, UNKNOWN_PERSON, NOT_FOUND. Raises NotPermitted.
    """
    demand(principal, Verb.USER_EDIT)
    found = customers_visible_to(principal).filter(pk=customer_id).select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound()
    facts = {"event": f"customer.{EVENT}", "object_kind": "customer", "object_id": found.pk, "customer_id": found.pk}
    return _set(principal, {"customer": found}, words, facts)


def _set(
    principal: Principal,
    of: dict[str, Program] | dict[str, Customer],
    words: ContactWords | None,
    facts: dict[str, Any],
) -> Contact | None:
    said = None if words is None else _checked(words)
    row = Contact.objects.filter(**of).first()
    before = _told(row)
    if said is None:
        Contact.objects.filter(**of).delete()
        row = None
    else:
        row, _ = Contact.objects.update_or_create(**of, defaults=said)
    if _told(row) != before:
        journal.record(principal, verb="set", changes={"before": before, "after": _told(row)}, **facts)
    return row


def _told(row: Contact | None) -> dict[str, Any] | None:
    return {name: getattr(row, name) for name in (*LONGEST, "user_id")} if row else None


def _checked(words: ContactWords) -> dict[str, Any]:
    said: dict[str, Any] = {name: str(getattr(words, name)).strip() for name in LONGEST}
    for name in ("name", "email"):
        if not said[name]:
            raise ContactIncomplete(field=name)
    for name, limit in LONGEST.items():
        if len(said[name]) > limit:
            raise ContactTooLong(limit=limit, field=name)
    try:
        validate_email(said["email"])
    except ValidationError as error:
        raise BadEmail(email=said["email"], field="email") from error
    known = words.user_email.strip()
    user = User.objects.filter(email__iexact=known, is_active=True).first() if known else None
    if known and user is None:
        raise UnknownPerson(email=known, field="user_email")
    return {**said, "user": user}
