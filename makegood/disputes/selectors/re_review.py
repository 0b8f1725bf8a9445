"""Finds the decided dispute that somebody wants looked at again: by the number of the call, or of the caller."""

from __future__ import annotations

from django.db.models import Q

from makegood.disputes.selectors.rows import DisputeRow, rows_of, with_parties
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel.phones import to_e164
from makegood.parties.entries import Principal

LIMIT = 20


def find_for_re_review(principal: Principal, text: str) -> list[DisputeRow]:
    """Resolved and closed disputes in sight, newest first, at most 20.

    ``text`` is the dispute's number (``D-10003``), the call's id at its source or at the buyer, or the caller's
    telephone number. An empty text finds nothing.
    """
    sought = text.strip()
    if not sought:
        return []
    matches = Q(label=sought.upper()) | Q(charge__external_id=sought) | Q(charge__buyer_ref=sought)
    caller = to_e164(sought)
    if caller is not None:
        matches |= Q(charge__caller_e164=caller)
    found = disputes_visible_to(principal).filter(matches, stage__in=[Stage.RESOLVED, Stage.CLOSED])
    return rows_of(principal, list(with_parties(found).order_by("-id")[:LIMIT]))
