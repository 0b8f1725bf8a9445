"""Which charges somebody may see."""

from __future__ import annotations

from django.db.models import QuerySet

from makegood.billing.models import Charge
from makegood.parties.entries import Principal
from makegood.parties.selectors import owned_predicate


def charges_visible_to(principal: Principal) -> QuerySet[Charge]:
    """The charges in scope."""
    return Charge.objects.filter(owned_predicate(principal.scope))
