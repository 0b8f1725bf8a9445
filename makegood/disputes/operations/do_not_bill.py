"""Tells the billing system what not to bill: credits on items that no bill holds yet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from makegood.disputes.operations.batch import fetch
from makegood.journal.operations import actor_parameters
from makegood.kernel import sql
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.states import Verb


@transaction.atomic
def tell_not_to_bill(principal: Principal, *, program: str, since: datetime | None = None) -> int | None:
    """Put what was never told into a new batch; its number, or None when there is nothing to tell.

    ``since`` leaves out older adjustments; they stay for a later call. Nothing is told twice: a batch that was lost on
    its way is read again by its number. Errors: NOT_FOUND. Raises NotPermitted.
    """
    demand(principal, Verb.STATEMENT_CLOSE)
    found = programs_visible_to(principal).filter(key=program).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound()
    # One teller per program at a time.
    Program.objects.select_for_update(no_key=True).get(pk=found)
    parameters = {"program": found, "since": since, **actor_parameters(principal)}
    ((number, _),) = fetch(sql.load("disputes.do_not_bill"), parameters)
    return int(number) if number is not None else None
