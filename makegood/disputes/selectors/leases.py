"""In whose hands a dispute is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel import clock
from makegood.parties.entries import Principal


@dataclass(frozen=True)
class Lease:
    """Who reviews a dispute, since when, and until when unless they go on."""

    who: str
    since: datetime
    until: datetime


def lease_on(principal: Principal, dispute: Dispute) -> Lease | None:
    """The same as :func:`lease_of` for a dispute in scope that was just read, with its assignee at hand."""
    if dispute.stage != Stage.IN_REVIEW or dispute.assignee is None or dispute.assignee_id == principal.id:
        return None
    if dispute.claimed_until is None or dispute.claimed_until <= clock.now():
        return None
    return Lease(str(dispute.assignee), dispute.modified_at, dispute.claimed_until)


def lease_of(principal: Principal, dispute_id: int) -> Lease | None:
    """The lease of somebody else on a dispute in scope; None where nobody else has it, or theirs ran out."""
    dispute = disputes_visible_to(principal).filter(pk=dispute_id).select_related("assignee").first()
    return None if dispute is None else lease_on(principal, dispute)
