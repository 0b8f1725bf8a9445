"""Keeps the recordings that a dispute still rests on, or may rest on again, whatever their day to be deleted is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from makegood.disputes.models import Dispute, Review
from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.states import ReviewState, Stage
from makegood.evidence.operations.retention import BATCH, delete_expired
from makegood.kernel import clock
from makegood.parties.models import Program


def delete_unneeded_recordings(*, limit: int = BATCH) -> int:
    """Delete the sound of recordings past their day that no dispute needs; says how many.

    A dispute needs it while it is open, and while it can be reopened or looked at again; so does a review that waits or
    is in somebody's hands. Refuses nothing.
    """
    now = clock.now()
    disputes = Dispute.objects.filter(charge=OuterRef("charge")).exclude(stage=Stage.DRAFT)
    comes_back = Q()
    for program in Program.objects.order_by("pk"):
        comes_back |= Q(program=program.pk) & _comes_back(Rounds.of(program.settings), now)
    still_open = Q(closed_at__isnull=True, withdrawn_at__isnull=True)
    reviewed = Review.objects.filter(charge=OuterRef("charge"), state__in=[ReviewState.QUEUED, ReviewState.CLAIMED])
    needed = Q(Exists(disputes.filter(still_open | comes_back))) | Q(Exists(reviewed))
    return delete_expired(needed=needed, limit=limit)


def _comes_back(rounds: Rounds, now: datetime) -> Q:
    """Which finished disputes of a program can still be opened again; at the most generous reading of its windows."""
    never = Q(pk__in=())
    found = never
    if rounds.reopens:
        found |= _since("closed_at", rounds.reopen_for, now) | _since("withdrawn_at", rounds.reopen_for, now)
    if rounds.re_reviews:
        # The window runs from the decision, which is never later than the closing.
        found |= _since("closed_at", rounds.appeal_for, now) & Q(round__lt=rounds.max_rounds)
    return found


def _since(name: str, length: timedelta | None, now: datetime) -> Q:
    return Q(**{f"{name}__isnull": False}) if length is None else Q(**{f"{name}__gte": now - length})
