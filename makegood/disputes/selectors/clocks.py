"""Reads of clocks: what is due, and by when a dispute has to be decided. The caller has scoped the disputes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q, QuerySet

from makegood.disputes.models import Dispute, SlaClock
from makegood.disputes.states import UNDECIDED, WAITING, ClockKind, ClockOutcome, Stage

LIMIT = 500


@dataclass(frozen=True)
class Deadline:
    """The earliest limits of a dispute that still run; None is no such limit, or a clock that stands still."""

    target_at: datetime | None
    breach_at: datetime | None
    is_warned: bool
    is_breached: bool


def _running() -> QuerySet[SlaClock]:
    return SlaClock.objects.filter(outcome=ClockOutcome.RUNNING, paused_at__isnull=True)


def due_breaches(at: datetime, limit: int = LIMIT) -> list[int]:
    """Disputes that wait and have a clock at its target or breach that nobody was told of, oldest first."""
    waiting = _running().filter(dispute__stage__in=WAITING).exclude(kind=ClockKind.INFO)
    waiting = waiting.filter(~Q(kind=ClockKind.FIRST_TOUCH) | Q(dispute__stage=Stage.PENDING))
    warned = waiting.filter(target_at__lte=at, warned_at__isnull=True).order_by("target_at", "id")
    breached = waiting.filter(breach_at__lte=at, breached_at__isnull=True).order_by("breach_at", "id")
    found = [
        *breached.values_list("dispute_id", flat=True)[:limit],
        *warned.values_list("dispute_id", flat=True)[:limit],
    ]
    return list(dict.fromkeys(found))[:limit]


def still_open(dispute_ids: Iterable[int]) -> list[int]:
    """Those that nobody decided so far, oldest first."""
    found = Dispute.objects.filter(pk__in=set(dispute_ids), stage__in=UNDECIDED)
    return list(found.order_by("pk").values_list("pk", flat=True))


def due_infos(at: datetime, limit: int = LIMIT) -> list[int]:
    """Disputes whose question was not answered in time, oldest first."""
    asked = _running().filter(kind=ClockKind.INFO, dispute__stage=Stage.INFO_NEEDED)
    over = asked.filter(Q(breach_at__lte=at) | Q(breach_at__isnull=True, target_at__lte=at))
    return list(over.order_by("started_at", "id").values_list("dispute_id", flat=True)[:limit])


def deadlines_of(dispute_ids: Iterable[int]) -> dict[int, Deadline]:
    """The earliest limits of the disputes of a page, by dispute; one without a running clock is left out."""
    clocks = _running().filter(dispute_id__in=set(dispute_ids)).exclude(kind=ClockKind.INFO)
    found = clocks.values("dispute_id").annotate(
        target=Min("target_at"), breach=Min("breach_at"), warned=Min("warned_at"), breached=Min("breached_at")
    )
    return {
        row["dispute_id"]: Deadline(
            row["target"], row["breach"], row["warned"] is not None, row["breached"] is not None
        )
        for row in found.order_by("dispute_id")
    }
