"""Rows of disputes: calendars, and how long a dispute has waited.

Clocks are kept by a reader of the journal, so that filing and deciding write nothing here.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from makegood.disputes.models.cases import Dispute
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit
from makegood.parties.models import Zone

_RUNNING = Q(outcome=ClockOutcome.RUNNING)


class Calendar(models.Model):
    """When work is done: weekdays (Monday is 0) in a zone; ``opens_at`` null opens a day at midnight, ``closes_at``
    null ends it at the next one."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+")
    weekdays = ArrayField(models.SmallIntegerField())
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=list(range(7)), weekdays__len__gt=0), name="calendar_weekdays"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(closes_at__gt=time()), name="calendar_closes_later"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True, opens_at__lte=time(23))
                | Q(closes_at__gte=F("opens_at") + timedelta(hours=1), opens_at__lt=time(23)),
                name="calendar_open_for_an_hour",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which a calendar is closed."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    on = models.DateField()
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["calendar", "on"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class SlaClock(models.Model):
    """How long a dispute may wait, and waited. ``started_by`` and ``stopped_by`` are the journal's events.

    ``target_amount`` and ``breach_amount`` are what was promised, in what ``unit`` counts (null: no such limit, or kept
    before amounts were). ``paused_s`` is in seconds; ``calendar`` null counts Monday to Friday in the program's zone.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="clocks")
    round = models.SmallIntegerField()
    kind = models.CharField(max_length=11, choices=[(k, k) for k in ClockKind])
    unit = models.CharField(max_length=13, choices=[(u, u) for u in ClockUnit])
    calendar = models.ForeignKey(Calendar, null=True, on_delete=models.PROTECT, related_name="+")
    target_amount = models.SmallIntegerField(null=True)
    breach_amount = models.SmallIntegerField(null=True)
    started_by = models.BigIntegerField()
    started_at = models.DateTimeField()
    target_at = models.DateTimeField(null=True)
    breach_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_s = models.BigIntegerField(default=0)
    stopped_by = models.BigIntegerField(null=True)
    stopped_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=7, choices=[(o, o) for o in ClockOutcome])
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "disputes_sla_clock"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["started_by", "kind"], name="clock_once_per_event"),
            models.UniqueConstraint(fields=["dispute", "kind"], condition=_RUNNING, name="one_running_clock"),
            models.CheckConstraint(
                condition=Q(target_at__isnull=False) | Q(breach_at__isnull=False), name="clock_has_a_limit"
            ),
            models.CheckConstraint(
                condition=Q(target_at__isnull=True) | Q(breach_at__isnull=True) | Q(breach_at__gte=F("target_at")),
                name="clock_limits_in_order",
            ),
            models.CheckConstraint(
                condition=(_RUNNING & Q(stopped_at__isnull=True, stopped_by__isnull=True))
                | (~_RUNNING & Q(stopped_at__isnull=False, stopped_by__isnull=False)),
                name="clock_stopped_has_outcome",
            ),
            models.CheckConstraint(condition=Q(paused_at__isnull=True) | _RUNNING, name="clock_paused_runs"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["target_at"],
                name="clock_target_due",
                condition=_RUNNING & Q(paused_at__isnull=True, warned_at__isnull=True),
            ),
            models.Index(
                fields=["breach_at"],
                name="clock_breach_due",
                condition=_RUNNING & Q(paused_at__isnull=True, breached_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.kind}"
