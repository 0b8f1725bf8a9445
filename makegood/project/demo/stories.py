"""The named stories: what a visitor of the demo, the tests and the documentation talk about.

Three new disputes in one message to the manager; two reviewed ones in one to the buyer, two changed revenues in one to
the vendor; one of them a part of 20.00 on a call of 45.00 with a payout of 30.00, so 13.333333 come back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from makegood.project.demo import words
from makegood.project.demo.history import Case, Ending
from makegood.project.demo.plans import FULLY, PARTLY, STORIES, STORY_BUYER, WAITING, Named
from makegood.project.demo.truth import REASONS

TAKEN = frozenset(named.call_id for named in STORIES)
PART_MICROS = 20_000_000

_FILED, _DECIDED, _NEW = timedelta(hours=45), timedelta(hours=26), timedelta(hours=9, minutes=20)
_BETWEEN = timedelta(minutes=3)

_SAID = {
    PARTLY.call_id: "We could hear him for half of the call, then only static. He never called back.",
    FULLY.call_id: "Automated voice, hung up when we spoke.",
    WAITING[0].call_id: "Recorded message about an energy rebate. No person on the line.",
    WAITING[1].call_id: "Caller needed a septic tank pumped. We do not offer that.",
    WAITING[2].call_id: "She was selling uniforms. Nothing to do with plumbing.",
}


def told(now: datetime) -> list[Case]:
    """The cases of the stories, in order of filing."""
    part = _case(
        PARTLY,
        now - _FILED,
        Ending.PARTLY,
        now - _DECIDED,
        micros=PART_MICROS,
        note="The line failed halfway through; the first half was a usable conversation.",
    )
    full = _case(
        FULLY, now - _FILED, Ending.ACCEPTED, now - _DECIDED + _BETWEEN, note="Recorded message from start to end."
    )
    new = [_case(named, now - _NEW + place * _BETWEEN, Ending.WAITING, None) for place, named in enumerate(WAITING)]
    return [part, full, *new]


def _case(
    named: Named,
    filed_at: datetime,
    ending: Ending,
    ended_at: datetime | None,
    *,
    micros: int | None = None,
    note: str = "",
) -> Case:
    return Case(
        call_id=named.call_id,
        buyer=STORY_BUYER,
        kind=named.kind,
        reason=REASONS[named.kind],
        explanation=_SAID[named.call_id],
        filed_at=filed_at,
        ending=ending,
        ended_at=ended_at,
        micros=micros,
        note=note,
        finding=words.FINDINGS[named.kind],
    )
