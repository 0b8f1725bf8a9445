"""The switch "Dispute Calls" of an account."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Customer
from makegood.parties.selectors import customers_visible_to, demand
from makegood.parties.states import Verb


@transaction.atomic
def switch_disputing(principal: Principal, *, customer_ids: Sequence[int], on: bool) -> list[Answer]:
    """Let accounts file disputes, or no longer; what was filed before goes on. Accounts below have their own switch.

    Answers carry ``changed``: an account that stands so already is left alone. Refusals per item: NOT_FOUND.
    Raises NotPermitted.
    """
    demand(principal, Verb.USER_EDIT)
    found = customers_visible_to(principal).filter(pk__in=customer_ids).order_by("pk")
    customers = {customer.pk: customer for customer in found.select_for_update(of=("self",))}
    answers = []
    for ordinal, pk in enumerate(customer_ids):
        customer = customers.get(pk)
        if customer is None:
            answers.append(Answer.refused(ordinal, NotFound()))
            continue
        changed = customer.dispute_permission != on
        if changed:
            _switch(principal, customer, on=on)
        answers.append(Answer(ordinal, ok=True, id=pk, data={"changed": changed, "name": customer.name}))
    return answers


def _switch(principal: Principal, customer: Customer, *, on: bool) -> None:
    customer.dispute_permission = on
    customer.save(update_fields=["dispute_permission"])
    journal.record(
        principal,
        verb="switch",
        event="customer.disputing_switched",
        object_kind="customer",
        object_id=customer.pk,
        customer_id=customer.pk,
        changes={"number": customer.number, "before": not on, "after": on},
    )
