"""How quickly somebody decides: their own decisions since a moment, timed at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median_low

from makegood.disputes.models import DeskTime
from makegood.disputes.states import DecisionState
from makegood.parties.entries import Principal

MOST = 5_000
LEAST_SECONDS = 600
"""Below ten minutes nobody can say how many an hour."""
HOUR = 3_600
SECOND = 1_000


@dataclass(frozen=True)
class Pace:
    """How many were decided, the median from the case on screen to the key, in whole seconds, and how many an hour.

    ``per_hour`` is None where they lie within a few minutes.
    """

    count: int
    median_s: int
    per_hour: int | None


def pace_of(principal: Principal, since: datetime) -> Pace | None:
    """The pace of one's own decisions since then; None without any."""
    rows = DeskTime.objects.filter(decision__by=principal.id, decision__at__gte=since)
    found = list(
        rows.exclude(decision__state=DecisionState.UNDONE)
        .order_by("decision__at")
        .values_list("decision_ms", "decision__at")[:MOST]
    )
    if not found:
        return None
    seconds = int((found[-1][1] - found[0][1]).total_seconds())
    per_hour = len(found) * HOUR // seconds if seconds >= LEAST_SECONDS else None
    return Pace(len(found), -(-median_low(took for took, _ in found) // SECOND), per_hour)
