"""By when something is promised or expected, as those may know it who do not decide.

A clock stops when somebody decides, and that nobody may know before the decision is committed. So a due time is read
off the clock whether it runs or not; it goes away with the stage that everybody is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from makegood.disputes.models import SlaClock
from makegood.disputes.states import DECIDING_CLOCKS, UNDECIDED, ClockKind, ClockOutcome, Stage


@dataclass(frozen=True)
class Due:
    """When: an answer of the submitting side (``answer``), or the decision."""

    at: datetime
    answer: bool = False


def dues_of(stages: Iterable[tuple[int, Stage]]) -> dict[int, Due]:
    """What is due of disputes in scope, by dispute; ``stages`` are pairs of id and stage.

    A decision is expected by the end of the time that the program promises, a question to be answered before the
    review goes on without an answer. Nothing is due of what is decided, nor where the program promises no time.
    """
    known = dict(stages)
    asked = {pk for pk, stage in known.items() if stage is Stage.INFO_NEEDED}
    waiting = {pk for pk, stage in known.items() if stage in UNDECIDED or stage is Stage.DECIDED} - asked
    found: dict[int, Due] = {}
    clocks = SlaClock.objects.filter(dispute__in=asked | waiting, round=F("dispute__round"))
    for row in clocks.order_by("started_at", "id"):
        at = row.breach_at or row.target_at
        is_answer = row.kind == ClockKind.INFO and row.outcome == ClockOutcome.RUNNING
        if at is None:
            continue
        if row.dispute_id in asked and is_answer:
            found[row.dispute_id] = Due(at, answer=True)
        elif row.dispute_id in waiting and row.kind in DECIDING_CLOCKS:
            found[row.dispute_id] = Due(at)
    return found
