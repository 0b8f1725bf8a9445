"""Which disputes a principal sees; every read of disputes starts here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from makegood.disputes.models import Dispute
from makegood.disputes.states import Stage
from makegood.parties.entries import Principal, Scope
from makegood.parties.selectors import owned_predicate, scope_parameters
from makegood.parties.states import Verb


def disputes_visible_to(principal: Principal) -> QuerySet[Dispute]:
    """The disputes in scope for someone who may view disputes; a draft is seen by its author alone.

    A vendor sees no dispute: its own page reads adjustments instead.
    """
    if not principal.can(Verb.DISPUTE_VIEW):
        return Dispute.objects.none()
    mine_or_filed = ~Q(stage=Stage.DRAFT) | Q(created_by_id=principal.id)
    return Dispute.objects.filter(mine_or_filed, owned_predicate(principal.scope, vendor="charge__vendor_id"))


def view_parameters(principal: Principal) -> dict[str, Any]:
    """What the part ``disputes.in_view`` of a statement asks: the same as :func:`disputes_visible_to`."""
    sees = principal.can(Verb.DISPUTE_VIEW)
    return {"viewer": principal.id, **scope_parameters(principal.scope if sees else Scope())}


def visible_ids(principal: Principal, ids: Iterable[int]) -> set[int]:
    """Those of some disputes that the principal sees."""
    return set(disputes_visible_to(principal).filter(id__in=set(ids)).values_list("id", flat=True))
