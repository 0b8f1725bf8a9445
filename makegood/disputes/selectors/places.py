"""At which place disputes wait, as those may know it who do not decide.

The lines are those of programs, not of reviewers: what somebody put off or has in hand waits all the same. A dispute
that is decided within its undo window keeps its place until everybody is told.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.dues import dues_of
from makegood.disputes.selectors.line import UNPROMISED, is_in_order, ordered, promise_of_program
from makegood.disputes.states import WAITING, Stage
from makegood.parties.models import Program

MOST = 1_000
"""Places beyond it are not counted."""
IN_LINE = WAITING | {Stage.DECIDED}
Key = tuple[datetime, datetime, int]


@dataclass(frozen=True)
class Waiting:
    """How many disputes of the program come before one, at most :data:`MOST`. ``in_order`` says that they are decided
    strictly by arrival; otherwise by the end of the promised time, so others may still come before."""

    before: int
    in_order: bool

    @property
    def is_many(self) -> bool:
        """Whether there are more than are counted."""
        return self.before >= MOST


def places_of(disputes: Iterable[Dispute]) -> dict[int, Waiting]:
    """The places of disputes in scope, those that stand in a line, by dispute; one statement a program."""
    rows = [one for one in disputes if one.stage in IN_LINE and one.submitted_at is not None]
    dues = dues_of((one.pk, Stage(one.stage)) for one in rows)
    found: dict[int, Waiting] = {}
    for program in Program.objects.filter(pk__in={one.program_id for one in rows}):
        line, in_order = _line(program), is_in_order(program)
        for one in rows:
            if one.program_id != program.pk or one.submitted_at is None:
                continue
            due = dues.get(one.pk)
            promised = one.submitted_at + promise_of_program(program) if in_order else due.at if due else None
            key = (promised or one.submitted_at + UNPROMISED, one.submitted_at, one.pk)
            found[one.pk] = Waiting(bisect_left(line, key), in_order)
    return found


def _line(program: Program) -> list[Key]:
    """What waits in a program, in its order."""
    waiting = Dispute.objects.filter(program=program, stage__in=WAITING, waits_for_signature=False)
    found: Iterable[Any] = ordered(waiting, [program])[:MOST]
    return list(dict.fromkeys((one.due, one.submitted_at, one.pk) for one in found))
