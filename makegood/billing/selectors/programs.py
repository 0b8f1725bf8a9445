"""Which programs somebody's charges belong to."""

from __future__ import annotations

from django.db.models import QuerySet

from makegood.billing.selectors.visible import charges_visible_to
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to

LATEST = 1_000


def programs_met(principal: Principal) -> QuerySet[Program]:
    """The programs in scope that a person has to do with.

    Staff have to do with all of them; people of a customer with those of their latest LATEST charges, so that nobody
    waits until a year of charges is read.
    """
    visible = programs_visible_to(principal)
    if principal.customer_id is None:
        return visible
    latest = charges_visible_to(principal).order_by("-occurred_at", "-id").values("program")[:LATEST]
    return visible.filter(pk__in=latest)
