"""Which charges somebody may see."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from makegood.billing.models import Charge
from makegood.parties.entries import Principal
from makegood.parties.selectors import owned_predicate


def charges_visible_to(principal: Principal) -> QuerySet[Charge]:
    """The charges in scope."""
    return Charge.objects.filter(owned_predicate(principal.scope))


def standing(charges: QuerySet[Charge]) -> QuerySet[Charge]:
    """Those of some charges in whose place no corrected one stands."""
    return charges.filter(~Exists(Charge.objects.filter(corrects_id=OuterRef("pk"))))


def superseded(charge_ids: Iterable[int]) -> frozenset[int]:
    """Those of some charges in whose place a corrected one stands. The caller has scoped the ids."""
    newer = Charge.objects.filter(corrects_id__in=list(charge_ids))
    return frozenset(pk for pk in newer.values_list("corrects_id", flat=True) if pk is not None)
