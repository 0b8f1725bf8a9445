"""Rows of disputes: bulk plans. What is committed is what was looked at.

Amounts in micros; a credit and its tax in the dispute's currency, a claw-back in the payout's; times aware, UTC.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from makegood.disputes.models.cases import Dispute
from makegood.disputes.states import PlanState, PlanVerb, RowState
from makegood.parties.models import Token, User


class BulkPlan(models.Model):
    """One verb for many disputes, frozen when it was looked at; its ``public_id`` is the key of its commit.

    ``params`` and ``totals`` are described by ``disputes.entries.PlanParams`` and ``disputes.selectors.plans.Totals``.
    ``selected`` = excluded + planned, and ``planned`` = waiting + done + refused + undone. ``by`` and ``by_token`` are
    whose authority commits it.
    """

    public_id = models.CharField(max_length=40, unique=True)
    verb = models.CharField(max_length=8, choices=[(v.value, v.value) for v in PlanVerb])
    params = models.JSONField()
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in PlanState], default=PlanState.DRAFT.value
    )
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    author_token = models.ForeignKey(Token, null=True, on_delete=models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=200)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_token = models.ForeignKey(Token, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)
    selected = models.IntegerField()
    planned = models.IntegerField()
    done = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    undone = models.IntegerField(default=0)
    totals = models.JSONField()

    class Meta:
        db_table = "disputes_bulk_plan"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verb__in=[v.value for v in PlanVerb]), name="plan_verb"),
            models.CheckConstraint(
                condition=Q(state="draft", committed_at__isnull=True)
                | Q(state__in=["running", "finished", "stopped", "undone"], committed_at__isnull=False),
                name="plan_state",
            ),
            models.CheckConstraint(
                condition=Q(planned__gte=0, planned__lte=F("selected"), done__gte=0, refused__gte=0, undone__gte=0)
                & Q(planned__gte=F("done") + F("refused") + F("undone")),
                name="plan_counts",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="plan_running", condition=Q(state="running")),
            models.Index(fields=["expires_at"], name="plan_draft", condition=Q(state="draft")),
        ]

    def __str__(self) -> str:
        return self.public_id


class BulkPlanRow(models.Model):
    """One dispute of a plan: what it was in which version, what the plan does to it, and what became of that.

    ``dispute`` is null for one that was not found; ``named`` is how it was asked for. ``micros`` is the amount of a
    part or an adjustment. ``credit_micros`` is what the buyer gets back (negative: is charged again),
    ``clawback_micros`` what is taken back from the vendor, ``margin_micros`` the operator's change, null between two
    currencies. ``result_version`` is the dispute's version after the plan.
    """

    plan = models.ForeignKey(BulkPlan, on_delete=models.CASCADE, related_name="rows")
    ordinal = models.IntegerField()
    dispute = models.ForeignKey(Dispute, null=True, on_delete=models.PROTECT, related_name="+")
    named = models.CharField(max_length=60)
    version = models.IntegerField(null=True)
    micros = models.BigIntegerField(null=True)
    credit_micros = models.BigIntegerField(default=0)
    tax_micros = models.BigIntegerField(default=0)
    clawback_micros = models.BigIntegerField(default=0)
    margin_micros = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    payout_currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in RowState])
    code = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)
    result_version = models.IntegerField(null=True)

    class Meta:
        db_table = "disputes_bulk_plan_row"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "ordinal"], name="plan_row_place"),
            models.UniqueConstraint(fields=["plan", "dispute"], name="plan_row_once"),
            models.CheckConstraint(
                condition=Q(state__in=["excluded", "refused"]) | Q(dispute__isnull=False),
                name="plan_row_state",
            ),
        ]

    def __str__(self) -> str:
        return self.named
