"""Who answers further questions: the form of a program, and of a customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes.selectors.catalogs import program_seen
from makegood.kernel.errors import Refusal
from makegood.parties.entries import ContactWords
from makegood.parties.errors import NotFound
from makegood.parties.operations import set_customer_contact, set_program_contact
from makegood.parties.selectors import (
    ContactCard,
    contact_of_customer,
    contacts_of_programs,
    customers_visible_to,
)
from makegood.parties.states import Verb
from makegood.web.fields import Field, filled, read
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say

FIELDS = (
    Field("name", "Name", most=200, needed=True),
    Field("email", "E-mail", most=254, needed=True, help="Questions go here, each with its case."),
    Field("phone", "Phone", most=40),
    Field("hours", "Hours", most=200, help="In words, such as: Monday to Friday, 9:00 to 17:00 Eastern."),
    Field(
        "user_email",
        "Signs in as",
        most=254,
        help="The e-mail by which they sign in; empty: they do not. They then follow each case they are asked about.",
    ),
)
Keep = Callable[[ContactWords | None], Any]


@page(Verb.PROGRAM_EDIT)
def of_program(request: PageRequest, key: str) -> HttpResponse:
    """Whom the customers of a program ask."""
    found = program_seen(request.principal, key)
    back = reverse("program_page", args=[key])
    keep = partial(_of_program, request, key)
    crumbs = [(reverse("programs"), "Programs"), (back, found.name)]
    lead = "Whom customers ask after a decision, unless one is named for the customer."
    return _form(request, contacts_of_programs([found.pk]).get(found.pk), keep, crumbs, back, lead)


def _of_program(request: PageRequest, key: str, words: ContactWords | None) -> None:
    set_program_contact(request.principal, program_key=key, words=words)


@page(Verb.USER_EDIT)
def of_customer(request: PageRequest, customer_id: int) -> HttpResponse:
    """Whom a customer and those below ask, in every program."""
    found = customers_visible_to(request.principal).filter(pk=customer_id).first()
    if found is None:
        raise NotFound()
    back = reverse("customers")
    keep = partial(_of_customer, request, customer_id)
    lead = f"Whom {found.name} and the accounts below ask after a decision, in every program."
    crumbs = [(back, "Customers"), (back, found.name)]
    return _form(request, contact_of_customer(customer_id), keep, crumbs[:1], back, lead)


def _of_customer(request: PageRequest, customer_id: int, words: ContactWords | None) -> None:
    set_customer_contact(request.principal, customer_id=customer_id, words=words)


def _form(
    request: PageRequest,
    card: ContactCard | None,
    keep: Keep,
    crumbs: Sequence[tuple[str, str]],
    back: str,
    lead: str,
) -> HttpResponse:
    values: Mapping[str, Any] = {field.name: getattr(card, field.name, "") for field in FIELDS}
    refused = None
    if request.method == "POST":
        values = read(FIELDS, request.POST)
        nobody = not any(values.values())
        try:
            keep(None if nobody else ContactWords(**values))
            say(request, "Nobody is named here any more." if nobody else f"{values['name']} is named.", "is-ok")
            return go(back)
        except Refusal as error:
            refused = error
    shown = filled(FIELDS, values, refused)
    context = {
        "title": "Further questions",
        "lead": f"{lead} All fields empty: nobody is named here.",
        "crumbs": crumbs,
        "fields": shown,
        "refused": refused,
        "wrong": next((field for field in shown if field.error), None),
        "cancel": back,
    }
    return respond(request, "web/catalogs/form.html", context, status=refused.status if refused else 200)
