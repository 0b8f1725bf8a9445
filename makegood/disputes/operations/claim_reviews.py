"""Who listens to what: a review is in one person's hands for a lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from makegood.billing.selectors import superseded
from makegood.disputes import errors
from makegood.disputes.models import Dispute, Review
from makegood.disputes.operations.tell_review import tell, tell_all
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.reviews import reviews_visible_to
from makegood.disputes.states import ReviewState, Stage
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def claim_review(principal: Principal, *, items: Sequence[int]) -> list[Answer]:
    """Take reviews into one's hands for the program's lease, or keep those that are there for another one.

    Answers carry ``until``. One that somebody disputed meanwhile is canceled. Refusals per item: NOT_FOUND,
    REVIEW_TAKEN, REVIEW_FINISHED, REVIEW_OVERTAKEN, REVIEWER_REQUIRED. Raises NotPermitted.
    """
    demand(principal, Verb.REVIEW_PROACTIVE)
    rows = locked_reviews(principal, items)
    answers = []
    for ordinal, pk in enumerate(items):
        row = rows.get(pk)
        refusal = NotFound() if row is None else standing_in_the_way(principal, row)
        if row is None or refusal is not None:
            answers.append(Answer.refused(ordinal, refusal or NotFound(), id=pk))
            continue
        take(principal, row)
        answers.append(Answer(ordinal, ok=True, id=pk, data={"until": row.claimed_until}))
    return answers


@transaction.atomic
def release_review(principal: Principal, *, items: Sequence[int], skipped: bool = False) -> list[Answer]:
    """Give reviews back to the queue; what is not in one's hands stays as it is.

    With ``skipped`` somebody saw them and went on: that is journaled even where nobody had them in their hands.
    Refusals per item: NOT_FOUND. Raises NotPermitted.
    """
    demand(principal, Verb.REVIEW_PROACTIVE)
    rows = locked_reviews(principal, items)
    answers = []
    for ordinal, pk in enumerate(items):
        row = rows.get(pk)
        if row is None:
            answers.append(Answer.refused(ordinal, NotFound(), id=pk))
            continue
        mine = row.state == ReviewState.CLAIMED and row.reviewer_id == principal.id
        if mine:
            _put_back(row)
        if skipped and (mine or row.state == ReviewState.QUEUED):
            tell(principal, row, "skip")
        elif mine:
            tell(principal, row, "release")
        answers.append(Answer(ordinal, ok=True, id=pk))
    return answers


@transaction.atomic
def free_lapsed() -> int:
    """What the worker does: put reviews whose lease ran out back into the queue. Gives how many."""
    lapsed = Review.objects.filter(state=ReviewState.CLAIMED, claimed_until__lte=clock.now())
    rows = list(lapsed.select_related("charge").order_by("pk").select_for_update(of=("self",), skip_locked=True))
    tell_all(SYSTEM, rows, "lapse")
    ids = [row.pk for row in rows]
    freed = Review.objects.filter(pk__in=ids)
    return freed.update(state=ReviewState.QUEUED, claimed_until=None, reviewer=None, started_at=None)


def locked_reviews(principal: Principal, ids: Sequence[int]) -> dict[int, Review]:
    """The reviews in scope, locked in the order of their ids; inside a transaction."""
    visible = reviews_visible_to(principal).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)
    found = Review.objects.select_related("program", "charge", "reviewer").filter(pk__in=list(visible))
    return {row.pk: row for row in found.order_by("pk").select_for_update(of=("self",))}


def standing_in_the_way(principal: Principal, row: Review) -> Refusal | None:
    """Why a locked review cannot be in this person's hands; None where it can. An overtaken one is canceled."""
    if principal.id is None:
        return errors.ReviewerRequired()
    if row.state == ReviewState.DONE:
        return errors.ReviewFinished()
    if row.state == ReviewState.CANCELED:
        return errors.ReviewOvertaken()
    if row.state == ReviewState.CLAIMED and row.reviewer_id != principal.id and not _lapsed(row, clock.now()):
        return errors.ReviewTaken(reviewer=str(row.reviewer))
    if _overtaken(row):
        row.state, row.claimed_until = ReviewState.CANCELED, None
        row.save(update_fields=["state", "claimed_until"])
        tell(principal, row, "cancel")
        return errors.ReviewOvertaken()
    return None


def take(principal: Principal, row: Review) -> None:
    """Put a locked review into somebody's hands; that it stays there is not journaled again."""
    now = clock.now()
    mine = row.state == ReviewState.CLAIMED and row.reviewer_id == principal.id
    row.started_at = row.started_at if mine else now
    row.state, row.reviewer_id = ReviewState.CLAIMED, principal.id
    row.claimed_until = lease_of(row)
    row.save(update_fields=["state", "reviewer", "claimed_until", "started_at"])
    if not mine:
        tell(principal, row, "claim", until=row.claimed_until)


def lease_of(row: Review) -> datetime:
    """When a lease that begins now ends."""
    return clock.now() + timedelta(seconds=DisputeSettings.of(row.program.settings).lease_seconds)


def _lapsed(row: Review, now: datetime) -> bool:
    return row.claimed_until is None or row.claimed_until <= now


def _overtaken(row: Review) -> bool:
    disputed = Dispute.objects.filter(charge=row.charge_id).exclude(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])
    return disputed.exists() or bool(superseded([row.charge_id]))


def _put_back(row: Review) -> None:
    row.state, row.reviewer, row.claimed_until, row.started_at = ReviewState.QUEUED, None, None, None
    row.save(update_fields=["state", "reviewer", "claimed_until", "started_at"])
