"""What stands on charges: their latest dispute, and lists of charges narrowed by whether one stands."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

_QUIET = (Stage.DRAFT, Stage.WITHDRAWN)


def latest_disputes(principal: Principal, charge_ids: Sequence[int]) -> dict[int, str]:
    """The public id of the latest dispute in sight on each charge, drafts and withdrawn ones left out."""
    found = disputes_visible_to(principal).filter(charge_id__in=charge_ids).exclude(stage__in=_QUIET)
    return dict(found.order_by("id").values_list("charge_id", "public_id"))


def disputed(principal: Principal, *, wanted: bool) -> Q:
    """The charges that have such a dispute, or those that have none. Raises NotPermitted."""
    demand(principal, Verb.DISPUTE_VIEW)
    stands = Exists(Dispute.objects.filter(charge_id=OuterRef("pk")).exclude(stage__in=_QUIET))
    return Q(stands) if wanted else ~Q(stands)
