"""Which disputes a principal sees; every read of disputes starts here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.disputes.models import Comment, Dispute
from makegood.disputes.states import CommentKind, Origin, Stage
from makegood.kernel import sql
from makegood.kernel.prepared import fetch_for
from makegood.parties.entries import Principal, Scope
from makegood.parties.selectors import owned_predicate, scope_parameters
from makegood.parties.states import Verb

_UNTOLD = (Stage.PENDING, Stage.IN_REVIEW, Stage.DECIDED, Stage.WITHDRAWN)
"""Stages in which a dispute that quality assurance opened is nobody's news outside: it may still be taken back."""


def disputes_visible_to(principal: Principal) -> QuerySet[Dispute]:
    """The disputes in scope for someone who may view disputes; a draft is seen by its author alone.

    One that quality assurance opened unasked is seen by the customer's people once it is committed, or once they were
    asked about it. A vendor sees no dispute: its own page reads adjustments instead.
    """
    if not principal.can(Verb.DISPUTE_VIEW):
        return Dispute.objects.none()
    mine_or_filed = ~Q(stage=Stage.DRAFT) | Q(created_by_id=principal.id)
    found = Dispute.objects.filter(mine_or_filed, owned_predicate(principal.scope, vendor="charge__vendor_id"))
    return found.exclude(_unasked()) if is_outside(principal) else found


def is_outside(principal: Principal) -> bool:
    """Whether somebody belongs to a customer, and so hears of a decision when it is committed."""
    return principal.customer_id is not None


def _unasked() -> Q:
    asked = Exists(Comment.objects.filter(dispute=OuterRef("pk"), kind=CommentKind.QUESTION))
    return Q(~asked, origin=Origin.QA_PROACTIVE, round=1, stage__in=_UNTOLD)


def view_parameters(principal: Principal) -> dict[str, Any]:
    """What the part ``disputes.in_view`` of a statement asks: the same as :func:`disputes_visible_to`."""
    sees = principal.can(Verb.DISPUTE_VIEW)
    outside = is_outside(principal)
    return {"viewer": principal.id, "outside": outside, **scope_parameters(principal.scope if sees else Scope())}


def visible_ids(principal: Principal, ids: Iterable[int]) -> set[int]:
    """Those of some disputes that the principal sees."""
    wanted = list(set(ids))
    found = fetch_for(len(wanted), sql.load("disputes.visible_ids"), {"ids": wanted, **view_parameters(principal)})
    return {pk for (pk,) in found}
