"""Rows of reviews that nobody asked for: what was drawn on which day, and what was found.

``chance`` is the probability with which a charge was chosen, so that what was found can be counted for all of them.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from makegood.billing.models import Charge
from makegood.disputes.models.cases import Dispute
from makegood.disputes.states import ChosenBy, ReviewState, ReviewVerdict
from makegood.parties.models import Customer, Program, User

PLACES = 18
"""Digits of a chance behind the point."""
_OPEN = Q(state__in=[ReviewState.QUEUED, ReviewState.CLAIMED])
_DONE = Q(state=ReviewState.DONE)


class ReviewDraw(models.Model):
    """The draw of one day of a program: ``size`` of ``population`` undisputed charges received that day.

    ``asked`` is how many the program wanted, ``picked`` how many its rules took besides. ``unheard`` are calls left out
    because they have no recording. ``day`` is one of the program's zone.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    asked = models.IntegerField()
    population = models.IntegerField(default=0)
    unheard = models.IntegerField(default=0)
    size = models.IntegerField(default=0)
    picked = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "disputes_review_draw"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "day"], name="review_draw_once_a_day"),
            models.CheckConstraint(
                condition=Q(asked__gte=0, size__gte=0, picked__gte=0, unheard__gte=0)
                & Q(size__lte=F("asked"))
                & Q(size__lte=F("population")),
                name="review_draw_within_population",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.day}: {self.size} of {self.population}"


class Review(models.Model):
    """A charge that is listened to although nobody disputed it.

    ``chance`` is the probability of its choice, ``why`` the facts a rule saw (``{"seconds": 12}``). ``heard`` lists
    code, start_ms and end_ms of findings. ``tags`` are lower-case words. ``dispute`` is the one that a non-billable
    verdict opened and decided. A canceled one was overtaken: somebody disputed the charge, or it was corrected.
    """

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="reviews")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    draw = models.ForeignKey(ReviewDraw, null=True, on_delete=models.PROTECT, related_name="reviews")
    chosen_by = models.CharField(max_length=13, choices=[(c, c) for c in ChosenBy])
    chance = models.DecimalField(max_digits=PLACES + 2, decimal_places=PLACES)
    why = models.JSONField(default=dict)
    queued_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=8, choices=[(s, s) for s in ReviewState], default=ReviewState.QUEUED)
    reviewer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    verdict = models.CharField(  # noqa: DJ001 - null: nothing is said yet
        max_length=12, null=True, choices=[(v, v) for v in ReviewVerdict]
    )
    finding_ids = ArrayField(models.BigIntegerField(), default=list)
    heard = models.JSONField(default=list)
    tags = ArrayField(models.TextField(), default=list)
    note = models.TextField(blank=True, default="")
    dispute = models.OneToOneField(Dispute, null=True, on_delete=models.PROTECT, related_name="review")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["charge"], condition=_OPEN, name="one_open_review"),
            models.CheckConstraint(condition=Q(chance__gt=0, chance__lte=1), name="review_chance"),
            models.CheckConstraint(
                condition=Q(state=ReviewState.CLAIMED, reviewer__isnull=False, claimed_until__isnull=False)
                | (~Q(state=ReviewState.CLAIMED) & Q(claimed_until__isnull=True)),
                name="review_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=(_DONE & Q(verdict__isnull=False, reviewer__isnull=False, finished_at__isnull=False))
                | (~_DONE & Q(verdict__isnull=True, finished_at__isnull=True, dispute__isnull=True)),
                name="review_done_says_what",
            ),
            models.CheckConstraint(
                condition=Q(dispute__isnull=True) | Q(verdict=ReviewVerdict.NON_BILLABLE),
                name="review_dispute_non_billable",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["program", "id"], name="review_open", condition=_OPEN),
            models.Index(fields=["program", "-finished_at"], name="review_done", condition=_DONE),
        ]

    def __str__(self) -> str:
        return f"R-{self.pk}"
