"""Reviews of charges that nobody disputed: what is known of them, by charge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from makegood.disputes.models import Finding, Review
from makegood.disputes.selectors.visible import is_outside, visible_ids
from makegood.disputes.states import ReviewState, ReviewVerdict
from makegood.parties.entries import Principal
from makegood.parties.selectors import owned_predicate
from makegood.parties.states import Verb


@dataclass(frozen=True)
class ReviewFacts:
    """The review that speaks for a charge: how far it is, what it found, and its tags.

    ``verdict`` and ``finished_at`` are None until it is done; ``findings`` are labels of what was heard.
    """

    state: ReviewState
    verdict: ReviewVerdict | None
    tags: tuple[str, ...]
    findings: tuple[str, ...]
    finished_at: datetime | None = None


def reviews_visible_to(principal: Principal) -> QuerySet[Review]:
    """The reviews in scope of somebody who reviews charges that nobody disputed."""
    if not principal.can(Verb.REVIEW_PROACTIVE):
        return Review.objects.none()
    return Review.objects.filter(owned_predicate(principal.scope, vendor="charge__vendor_id"))


def review_of_charges(charge_ids: Iterable[int], principal: Principal | None = None) -> dict[int, ReviewFacts]:
    """The latest review of each charge that was not canceled, by charge. The caller has scoped the ids.

    For a ``principal`` of a customer one whose dispute they do not know of yet is as if it were still under way.
    """
    found = Review.objects.filter(charge__in=list(charge_ids)).exclude(state=ReviewState.CANCELED).order_by("pk")
    rows = {row.charge_id: row for row in found}
    labels = _labels(rows)
    untold = _untold(principal, rows.values())
    return {
        charge_id: ReviewFacts(ReviewState.CLAIMED, None, (), ())
        if row.dispute_id in untold
        else ReviewFacts(
            ReviewState(row.state),
            ReviewVerdict(row.verdict) if row.verdict else None,
            tuple(row.tags),
            tuple(labels[pk] for pk in row.finding_ids if pk in labels),
            row.finished_at,
        )
        for charge_id, row in rows.items()
    }


def _untold(principal: Principal | None, rows: Iterable[Review]) -> set[int]:
    """The disputes that reviews opened and the principal does not see yet."""
    opened = {row.dispute_id for row in rows if row.dispute_id is not None}
    if principal is None or not opened or not is_outside(principal):
        return set()
    return opened - visible_ids(principal, opened)


def _labels(rows: Mapping[int, Review]) -> dict[int, str]:
    wanted = {pk for row in rows.values() for pk in row.finding_ids}
    return dict(Finding.objects.filter(pk__in=wanted).values_list("pk", "label")) if wanted else {}
