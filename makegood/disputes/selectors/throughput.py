"""How long decisions of a program took lately, worked out at most every ten minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import Q, Sum

from makegood.disputes.models import Dispute, SlaClock
from makegood.disputes.policy.waiting_times import Curve, Watched, curve_of
from makegood.disputes.states import UNDECIDED, ClockKind, Stage
from makegood.kernel import clock

MOST_DECIDED, MOST_WAITING = 300, 5_000
LONGEST_PERIOD = timedelta(days=60)
FRESH_S = 600


def throughput_of(program_id: int) -> Curve | None:
    """How long the latest decisions of a program took, up to 300 of the last 60 days; None where they are too few.

    Decisions by people in the first round count; time in which an answer was awaited does not. The caller has scoped
    the program; the figures name nobody.
    """
    return _curve(program_id, int(clock.now().timestamp()) // FRESH_S)


@lru_cache(maxsize=64)
def _curve(program_id: int, _moment: int) -> Curve | None:
    # One for every ten minutes: a page never counts a program's disputes anew.
    now = clock.now()
    first_round = Dispute.objects.filter(program=program_id, round=1)
    settled = first_round.filter(stage__in=[Stage.RESOLVED, Stage.CLOSED], decided_by__isnull=False)
    latest = settled.filter(decided_at__gte=now - LONGEST_PERIOD, submitted_at__isnull=False)
    decided = list(latest.order_by("-decided_at", "-id").values_list("pk", "submitted_at", "decided_at")[:MOST_DECIDED])
    if not decided:
        return None
    oldest = decided[-1][2] if len(decided) == MOST_DECIDED else None
    began = oldest or now - LONGEST_PERIOD
    # One that is decided and may still be undone is nobody's news: it counts as waiting.
    still = first_round.filter(Q(stage__in=UNDECIDED) | Q(stage=Stage.DECIDED), submitted_at__lt=now)
    waiting = list(still.order_by("-submitted_at").values_list("pk", "submitted_at")[:MOST_WAITING])
    stood = _stood_still([pk for pk, *_ in decided] + [pk for pk, _ in waiting], now)
    return curve_of([*_decided(decided, began, stood), *_waiting(waiting, began, now, stood)])


def forget_throughput() -> None:
    """Drop what was worked out (of a program whose disputes were taken back, say)."""
    _curve.cache_clear()


def _decided(
    rows: Iterable[tuple[int, datetime | None, datetime | None]], began: datetime, stood: dict[int, int]
) -> Iterable[Watched]:
    for pk, submitted_at, decided_at in rows:
        if submitted_at is None or decided_at is None:
            continue
        age = max(0, _seconds(decided_at - submitted_at) - stood.get(pk, 0))
        yield Watched(min(age, max(0, _seconds(began - submitted_at))), age, decided=True)


def _waiting(
    rows: Iterable[tuple[int, datetime | None]], began: datetime, now: datetime, stood: dict[int, int]
) -> Iterable[Watched]:
    for pk, submitted_at in rows:
        if submitted_at is None:
            continue
        age = max(0, _seconds(now - submitted_at) - stood.get(pk, 0))
        yield Watched(min(age, max(0, _seconds(began - submitted_at))), age, decided=False)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _stood_still(ids: Collection[int], now: datetime) -> dict[int, int]:
    """For how many seconds the clocks of disputes stood still, by dispute."""
    clocks = SlaClock.objects.filter(dispute__in=ids, kind=ClockKind.DECISION, round=1)
    found = {
        row["dispute_id"]: int(row["paused"])
        for row in clocks.filter(paused_s__gt=0).values("dispute_id").annotate(paused=Sum("paused_s")).order_by()
    }
    for pk, since in clocks.filter(paused_at__isnull=False).values_list("dispute_id", "paused_at"):
        found[pk] = found.get(pk, 0) + (max(0, _seconds(now - since)) if since else 0)
    return found
