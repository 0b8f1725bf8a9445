"""Rows of the desk: what waits for a second signature, who works on what, and how long a decision took."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from makegood.disputes.models.cases import Decision, Dispute
from makegood.disputes.states import DecisionKind, RecommendationState
from makegood.parties.models import User


def _person(*, null: bool = False) -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(User, null=null, on_delete=models.PROTECT, related_name="+")


class Recommendation(models.Model):
    """A decision above its author's limit: it waits until somebody else signs or declines it.

    ``micros`` is the amount of a part and ``credit_micros`` what the decision comes to, in micros of the dispute's
    currency; ``heard`` lists code, start_ms and end_ms of findings. ``version`` is that of the dispute it stands on.
    Nobody answers their own. ``decision`` is what became of it.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="recommendations")
    public_id = models.CharField(max_length=40, unique=True)
    round = models.SmallIntegerField()
    kind = models.CharField(max_length=8, choices=[(k, k) for k in DecisionKind])
    micros = models.BigIntegerField(null=True)
    clawback_micros = models.BigIntegerField(null=True)
    findings = ArrayField(models.CharField(max_length=40), default=list)
    heard = models.JSONField(default=list)
    note = models.TextField(blank=True, default="")
    credit_micros = models.BigIntegerField()
    version = models.IntegerField()
    by = _person()
    at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=9, choices=[(s, s) for s in RecommendationState])
    answered_by = _person(null=True)
    answered_at = models.DateTimeField(null=True)
    cause = models.TextField(blank=True, default="")
    decision = models.OneToOneField(Decision, null=True, on_delete=models.PROTECT, related_name="recommendation")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispute"], condition=Q(state="waiting"), name="one_recommendation_waits"),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True) | ~Q(state="waiting"),
                name="recommendation_waits_unanswered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "declined"])
                | (Q(answered_by__isnull=False) & ~Q(answered_by=F("by"))),
                name="recommendation_second_person",
            ),
            models.CheckConstraint(
                condition=Q(decision__isnull=True) | Q(state="approved"), name="recommendation_decision_approved"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Handling(models.Model):
    """Who is to work on a dispute, and what was said about that; at most one row of a dispute.

    ``assigned_to`` is whom it was given to, for longer than a lease lasts. ``duplicate_of`` is an earlier dispute about
    the same call, or the same job of the same caller.
    """

    dispute = models.OneToOneField(Dispute, primary_key=True, on_delete=models.PROTECT, related_name="handling")
    assigned_to = _person(null=True)
    assigned_by = _person(null=True)
    assigned_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_by = _person(null=True)
    escalation = models.TextField(blank=True, default="")
    duplicate_of = models.ForeignKey(Dispute, null=True, on_delete=models.PROTECT, related_name="duplicates")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(escalated_at__isnull=True, escalation="")
                | (Q(escalated_at__isnull=False) & ~Q(escalation="")),
                name="handling_escalation_has_a_cause",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("dispute")), name="handling_not_its_own_twin"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id}"


class Follow(models.Model):
    """Somebody wants to hear of everything that happens to a dispute."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="followers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["dispute", "user"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.dispute_id}"


class Snooze(models.Model):
    """A person's lane leaves a dispute out until then; others still get it."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["dispute", "user"], name="snooze_once")]

    def __str__(self) -> str:
        return f"{self.dispute_id} until {self.until}"


class OutOfTurn(models.Model):
    """A dispute was taken before an older one, in a program that works in order of arrival; ``cause`` says why."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="+")
    taken_by = _person(null=True)
    at = models.DateTimeField(db_default=Now())
    cause = models.TextField()

    class Meta:
        db_table = "disputes_out_of_turn"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(cause=""), name="out_of_turn_has_a_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} before {self.before_id}"


class DeskTime(models.Model):
    """How long a decision took at the desk, in milliseconds: from the case on screen to the key, and of that, heard."""

    decision = models.OneToOneField(Decision, primary_key=True, on_delete=models.CASCADE, related_name="desk_time")
    decision_ms = models.IntegerField()
    listened_ms = models.IntegerField(default=0)
    sought = models.BooleanField(default=False)

    class Meta:
        db_table = "disputes_desk_time"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(decision_ms__gte=0, listened_ms__gte=0), name="desk_time_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.decision_ms} ms"
