"""What tests of reviews that nobody asked for begin with: yesterday's calls, and one of them in somebody's hands."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from makegood.billing.models import Charge
from makegood.billing.states import Subkind
from makegood.disputes.entries import HeardItem, ReviewItem
from makegood.disputes.models import Review
from makegood.disputes.states import ChosenBy, ReviewVerdict
from makegood.evidence.models import Recording
from makegood.evidence.states import RecordingState
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program, User
from makegood.parties.selectors import principal_of
from tests.world import World

LENGTH = 60_000
ONLY_RANDOM: dict[str, Any] = {"sample_per_day": 3, "rules": {}}


def trusted(reviewer: Principal) -> Principal:
    """The same person, who was granted what these calls cost; without it, what they find waits for a second one."""
    User.objects.filter(pk=reviewer.id or 0).update(max_decision_micros={"USD": 500_000_000})
    return principal_of(User.objects.select_related("role").get(pk=reviewer.id or 0))


def yesterday(zone: str = "UTC", hour: int = 12) -> datetime:
    """Yesterday at that hour, in the zone."""
    day = clock.now().astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    return datetime.combine(day, time(hour), ZoneInfo(zone))


def reviewing(world: World, plan: dict[str, Any]) -> Program:
    """The world's program with this plan."""
    world.program.settings = {**world.program.settings, "proactive_review": plan}
    world.program.save()
    return world.program


def record(charge: Charge, **facts: Any) -> Recording:
    """A recording of a minute that can be played."""
    ready = {
        "state": RecordingState.READY, "original_key": "a", "play_key": "b", "peaks_key": "c", "channels": 2,
        "duration_ms": LENGTH, "sample_rate": 8_000, "bytes": 1, "play_bytes": 1,
    }  # fmt: skip
    made = {"public_id": f"rec_{charge.pk}", "created_at": clock.now(), **ready, **facts}
    return Recording.objects.create(charge=charge, **made)


def call(world: World, *, heard: bool = True, **facts: Any) -> Charge:
    """A call of yesterday, with a recording unless said otherwise; nobody else has its caller."""
    at = facts.pop("at", yesterday())
    charge = world.charge(**{"occurred_at": at, "received_at": at, "billed_at": at, "caller_e164": None, **facts})
    if heard:
        record(charge)
    return charge


def form_lead(world: World, **facts: Any) -> Charge:
    """A lead of yesterday that came by a form: there is nothing to hear."""
    known = {"subkind": Subkind.LEAD, "lead_channel": "form", "answered": None, "duration_s": None}
    return call(world, heard=False, **{**known, **facts})


def queued(world: World, charge: Charge | None = None, **facts: Any) -> Review:
    """A review that waits."""
    on = charge or call(world)
    known = {"program": on.program, "customer": on.customer, "chosen_by": ChosenBy.RANDOM, "chance": 1}
    return Review.objects.create(charge=on, **{**known, **facts})


def found(review: Review, verdict: ReviewVerdict = ReviewVerdict.NON_BILLABLE, **said: Any) -> ReviewItem:
    """What a reviewer found: a robocall at 0:02."""
    known: dict[str, Any] = {"findings": ("ROBOCALL",), "heard": (HeardItem("ROBOCALL", 2_000),)}
    return ReviewItem(review.pk, verdict, **{**known, **said})
