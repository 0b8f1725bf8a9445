"""What was heard at which second: the findings of a decision with their places in the recording."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from makegood.disputes.models import Heard
from makegood.disputes.states import DecisionState

SECOND = 1_000
MINUTE, HOUR = 60, 3_600


@dataclass(frozen=True)
class HeardRow:
    """A finding heard in the recording, in milliseconds ``[start_ms, end_ms)``."""

    code: str
    label: str
    billable: bool
    guideline: str
    start_ms: int
    end_ms: int

    @property
    def at(self) -> str:
        """Its beginning as the player shows it: ``0:41``, ``1:02:33``."""
        return clock_of(self.start_ms)


def clock_of(ms: int) -> str:
    """Milliseconds as a player's clock: ``0:41``, ``1:02:33``."""
    seconds = ms // SECOND
    hours, rest = divmod(seconds, HOUR)
    minutes, seconds = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def heard_by_round(dispute_id: int, *, held: bool = False) -> dict[int, tuple[HeardRow, ...]]:
    """What the standing decision of each round rests on, by round, in the order of the recording.

    ``held`` tells of a decision that waits in its undo window too. One that was taken back tells nothing. The caller
    has scoped the dispute.
    """
    states = [DecisionState.COMMITTED, DecisionState.HELD] if held else [DecisionState.COMMITTED]
    found = Heard.objects.filter(decision__dispute=dispute_id, decision__state__in=states)
    rounds: dict[int, list[HeardRow]] = defaultdict(list)
    for row in found.select_related("finding", "decision").order_by("start_ms", "finding__code"):
        finding = row.finding
        heard = HeardRow(finding.code, finding.label, finding.billable, finding.guideline, row.start_ms, row.end_ms)
        rounds[row.decision.round].append(heard)
    return {number: tuple(rows) for number, rows in rounds.items()}
