"""Which disputes a principal sees; every read of disputes starts here."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from makegood.disputes.models import Dispute
from makegood.disputes.states import Stage
from makegood.parties.entries import Principal
from makegood.parties.selectors import has_customer_limits, owned_predicate
from makegood.parties.states import Verb


def disputes_visible_to(principal: Principal) -> QuerySet[Dispute]:
    """The disputes in scope for someone who may view disputes; a draft is seen by its author alone.

    A vendor sees no dispute: its own page reads adjustments instead.
    """
    scope = principal.scope
    if scope.nothing or not principal.can(Verb.DISPUTE_VIEW):
        return Dispute.objects.none()
    drafts = Q(stage=Stage.DRAFT)
    found = Dispute.objects.filter(~drafts | Q(created_by_id=principal.id))
    if scope.everything:
        return found
    if scope.vendors is not None:
        found = found.filter(charge__vendor_id__in=scope.vendors)
    if scope.programs is not None:
        found = found.filter(program_id__in=scope.programs)
    if has_customer_limits(scope):
        found = found.filter(_customers(principal))
    return found


def _customers(principal: Principal) -> Q:
    # The vendor and program parts were applied above; what is left of the predicate speaks of customers only.
    customers_only = type(principal.scope)(
        paths=principal.scope.paths,
        tags=principal.scope.tags,
        agents=principal.scope.agents,
        bill_profiles=principal.scope.bill_profiles,
    )
    return owned_predicate(customers_only)
