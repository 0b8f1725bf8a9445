"""Whose turn it is in a program that works strictly in order of arrival, and how often the order was left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.disputes.models import Decision, Dispute, OutOfTurn
from makegood.disputes.policy.settings import FIFO, DisputeSettings
from makegood.disputes.selectors.deciders import own_re_reviews
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionState, Origin, Stage
from makegood.parties.entries import SYSTEM, Principal

SHOWN = 20


@dataclass(frozen=True)
class Behind:
    """A dispute by its number, and the oldest one that has its turn before it."""

    number: str
    oldest_id: int
    oldest: str


@dataclass(frozen=True)
class LeftOrder:
    """A decision that was made before that of an older dispute: what, before which, by whom, when and why."""

    number: str
    before: str
    by: str
    at: datetime
    cause: str


@dataclass(frozen=True)
class OutOfOrder:
    """How many decisions were made out of order, and the newest of them, at most 20."""

    count: int
    newest: tuple[LeftOrder, ...]


def older_in_turn(principal: Principal, dispute: Dispute, but: Sequence[int] = ()) -> Dispute | None:
    """The oldest dispute that has its turn before this one; None where the program hands out in another order.

    It is pending in the same program, in the principal's sight, not given to somebody else, and theirs to decide. One
    that they put aside for later still has its turn: the order is the program's, not a person's. ``but`` are left out.
    """
    if not DisputeSettings.of(dispute.program.settings).in_order or dispute.submitted_at is None:
        return None
    before = Q(submitted_at__lt=dispute.submitted_at) | Q(submitted_at=dispute.submitted_at, pk__lt=dispute.pk)
    return _waiting(principal, dispute.program_id).filter(before).exclude(pk__in=[*but, dispute.pk]).first()


def behind_older(principal: Principal, ids: Collection[int]) -> dict[int, Behind]:
    """Of disputes that are decided together, those that an older one has its turn before, by id, with that one.

    Only what is pending, in programs that work in order of arrival; what somebody has in review had its turn. The
    system, which grants by rule, asks nobody's turn; nor does what a reviewer found unasked, which never stood in line.
    The caller has scoped them.
    """
    if principal == SYSTEM or not ids:
        return {}
    asked = Dispute.objects.filter(pk__in=ids, stage=Stage.PENDING, program__settings__queue__order=FIFO)
    asked = asked.exclude(origin=Origin.QA_PROACTIVE)
    found: dict[int, Behind] = {}
    first: dict[int, Dispute | None] = {}
    for pk, program, at, number in asked.values_list("pk", "program_id", "submitted_at", "label"):
        if program not in first:
            first[program] = _waiting(principal, program).exclude(pk__in=ids).first()
        oldest = first[program]
        if oldest is not None and at is not None and (oldest.submitted_at, oldest.pk) < (at, pk):
            found[pk] = Behind(number, oldest.pk, str(oldest))
    return found


def _waiting(principal: Principal, program_id: int) -> QuerySet[Dispute]:
    """What waits in a program for somebody, the oldest first."""
    waiting = disputes_visible_to(principal).filter(program=program_id, stage=Stage.PENDING)
    free = waiting.filter(
        Q(handling__isnull=True) | Q(handling__assigned_to__isnull=True) | Q(handling__assigned_to=principal.id)
    )
    return free.exclude(own_re_reviews(principal)).order_by("submitted_at", "id")


def decided_out_of_order(principal: Principal, *, program_id: int, since: datetime) -> OutOfOrder:
    """The decisions of a program since an instant that were made before that of an older dispute, each once.

    One that was taken back does not count. Only disputes in sight.
    """
    made = Decision.objects.filter(dispute=OuterRef("dispute"), at__gte=OuterRef("at"))
    seen = disputes_visible_to(principal).filter(program=program_id)
    rows = OutOfTurn.objects.filter(Exists(made.exclude(state=DecisionState.UNDONE)), dispute__in=seen, at__gte=since)
    newest = rows.select_related("dispute", "before", "taken_by").order_by("-at", "-id")[:SHOWN]
    return OutOfOrder(
        rows.values("dispute").distinct().count(),
        tuple(
            LeftOrder(str(row.dispute), str(row.before), str(row.taken_by or ""), row.at, row.cause) for row in newest
        ),
    )
