"""Draws the charges that are reviewed although nobody disputed them: one draw for each day that is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from makegood.billing.models import Charge
from makegood.disputes import errors
from makegood.disputes.models import Dispute, Review, ReviewDraw
from makegood.disputes.operations.batch import fetch
from makegood.disputes.operations.tell_review import tell_all
from makegood.disputes.policy.review_plan import KEY, ReviewPlan, days_due
from makegood.disputes.states import ReviewState, Stage
from makegood.journal.operations import record
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.states import Verb

Day = tuple[datetime, datetime]


@transaction.atomic
def queue_reviews(principal: Principal, *, programs: Sequence[str]) -> list[Answer]:
    """Draw every day of these programs (by key) that is over and was not drawn; one answer per program.

    Answers carry ``days`` (how many were drawn now), ``size`` (charges drawn at random), ``picked`` (by rules besides),
    ``population`` and ``unheard`` (calls left out for want of a recording). Asked again, it draws nothing.
    Refusals per item: NOT_FOUND, REVIEWS_OFF. Raises NotPermitted.
    """
    demand(principal, Verb.REVIEW_PROACTIVE)
    found = {one.key: one for one in programs_visible_to(principal).select_related("zone").filter(key__in=programs)}
    answers: list[Answer] = []
    for ordinal, key in enumerate(programs):
        program = found.get(key)
        plan = ReviewPlan.of(program.settings) if program else None
        if program is None:
            answers.append(Answer.refused(ordinal, NotFound()))
        elif plan is None:
            answers.append(Answer.refused(ordinal, errors.ReviewsOff(program=program.name), id=program.pk))
        else:
            answers.append(Answer(ordinal, ok=True, id=program.pk, data=_drawn(principal, program, plan)))
    return answers


def draw_due() -> int:
    """What the worker does: draw for every program that reviews unasked, each by itself. Gives how many days were
    drawn.
    """
    reviewing = Program.objects.filter(**{f"settings__{KEY}__isnull": False}).select_related("zone").order_by("pk")
    plans = [(program, plan) for program in reviewing if (plan := ReviewPlan.of(program.settings)) is not None]
    return sum(int(_drawn(SYSTEM, program, plan)["days"]) for program, plan in plans)


@transaction.atomic
def _drawn(principal: Principal, program: Program, plan: ReviewPlan) -> dict[str, int]:
    """Draw the days that are due, each journaled; what all of them came to."""
    sums = {"days": 0, "population": 0, "unheard": 0, "size": 0, "picked": 0}
    zone = ZoneInfo(program.zone.name if program.zone else "UTC")
    last = ReviewDraw.objects.filter(program=program).aggregate(last=Max("day"))["last"]
    for day in days_due(last, clock.now().astimezone(zone).date()):
        for row in fetch(sql.load("disputes.queue_reviews"), _parameters(program, plan, day, zone)):
            sums["days"] += 1
            counts = dict(zip(("population", "unheard", "size", "picked"), row, strict=True))
            sums |= {name: sums[name] + count for name, count in counts.items()}
            _tell(principal, program, day, {**counts, **asdict(plan)})
    return sums


def _tell(principal: Principal, program: Program, day: date, facts: dict[str, Any]) -> None:
    record(
        principal,
        verb="draw",
        event="review.drawn",
        object_kind="review_draw",
        object_id=ReviewDraw.objects.get(program=program, day=day).pk,
        program_id=program.pk,
        changes={"day": day.isoformat(), **facts},
    )


def _parameters(program: Program, plan: ReviewPlan, day: date, zone: ZoneInfo) -> dict[str, Any]:
    since, until = (datetime.combine(day + timedelta(days=n), time(), zone) for n in (0, 1))
    return {
        "program_id": program.pk,
        "day": day,
        "since": since,
        "until": until,
        "at": clock.now(),
        "sample": plan.sample_per_day,
        "per_rule": plan.per_rule,
        "new_first": plan.new_vendor_first,
        "short_s": plan.short_s,
        "no_speech": plan.no_speech,
        "repeat_hours": plan.repeat_hours,
    }


@transaction.atomic
def cancel_overtaken(limit: int = 500) -> int:
    """What the worker does: cancel reviews whose charge was disputed or corrected meanwhile. Gives how many."""
    disputed = Dispute.objects.filter(charge=OuterRef("charge")).exclude(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])
    corrected = Charge.objects.filter(corrects_id=OuterRef("charge"))
    waiting = Review.objects.filter(Q(Exists(disputed)) | Q(Exists(corrected)), state__in=_WAITING)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])
    locked = Review.objects.filter(pk__in=ids, state__in=_WAITING).order_by("pk").select_for_update(of=("self",))
    rows = list(locked.select_related("charge"))
    tell_all(SYSTEM, rows, "cancel")
    gone = Review.objects.filter(pk__in=[row.pk for row in rows])
    return gone.update(state=ReviewState.CANCELED, claimed_until=None)


_WAITING = (ReviewState.QUEUED, ReviewState.CLAIMED)
