"""What the submitting side may expect of a dispute that waits: the promise, its place, and what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from makegood.disputes.models import Dispute, SlaClock
from makegood.disputes.selectors.dues import dues_of
from makegood.disputes.selectors.expected import Expected, expected_of
from makegood.disputes.selectors.places import Waiting, places_of
from makegood.disputes.selectors.throughput import throughput_of
from makegood.disputes.states import DECIDING_CLOCKS, UNDECIDED, ClockOutcome, Stage
from makegood.kernel import clock

LOW, HALF, HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True)
class Usual:
    """When it is decided by what was usual lately: as likely before ``about`` as after, and eight of ten between
    ``early`` and ``late`` (None: nobody knows). It rests on ``decided`` decisions."""

    about: datetime
    early: datetime | None
    late: datetime | None
    decided: int


@dataclass(frozen=True)
class Promise:
    """``by`` is the end of the promised time (None: none is promised, or it stands still), ``usually`` that in words.

    ``paused_since`` is set while an answer is awaited. ``place`` and ``usual`` are None where they are not known.
    """

    expected: Expected
    by: datetime | None
    paused_since: datetime | None
    place: Waiting | None
    usual: Usual | None

    @property
    def usually(self) -> str:
        """``24 to 48 hours``."""
        return self.expected.usually


def promise_of(dispute: Dispute) -> Promise | None:
    """Of a dispute in scope; None once everybody knows its decision, or before it is filed."""
    stage = Stage(dispute.stage)
    if dispute.submitted_at is None or not (stage in UNDECIDED or stage is Stage.DECIDED):
        return None
    expected = expected_of(dispute.program_id, dispute.program.settings, dispute.submitted_at)
    due = dues_of([(dispute.pk, stage)]).get(dispute.pk)
    if stage is Stage.INFO_NEEDED:
        return Promise(expected, None, _paused(dispute), None, None)
    by = due.at if due else expected.by if dispute.round == 1 else None
    usual = _usual(dispute, dispute.submitted_at) if dispute.round == 1 else None
    return Promise(expected, by, None, places_of([dispute]).get(dispute.pk), usual)


def _paused(dispute: Dispute) -> datetime | None:
    running = SlaClock.objects.filter(dispute=dispute, kind__in=sorted(DECIDING_CLOCKS), outcome=ClockOutcome.RUNNING)
    return running.values_list("paused_at", flat=True).first()


def _usual(dispute: Dispute, submitted_at: datetime) -> Usual | None:
    """From the latest decisions, of those that waited as long as this one."""
    curve = throughput_of(dispute.program_id)
    if curve is None:
        return None
    clocks = SlaClock.objects.filter(dispute=dispute, round=1, kind__in=sorted(DECIDING_CLOCKS))
    began = submitted_at + timedelta(seconds=sum(clocks.values_list("paused_s", flat=True)))
    waited = max(0, int((clock.now() - began).total_seconds()))
    early, about, late = (curve.age_at(share, waited) for share in (LOW, HALF, HIGH))
    if about is None:
        return None
    first, last = (None if age is None else began + timedelta(seconds=age) for age in (early, late))
    return Usual(began + timedelta(seconds=about), first, last, curve.decided)
