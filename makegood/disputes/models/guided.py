"""Rows of guided disputes: what a representative makes for a customer, step by step, until it is submitted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from makegood.billing.models import Invoice
from makegood.disputes.models.cases import Submission
from makegood.disputes.policy.guided import GuidedState, GuidedStep
from makegood.parties.models import Customer, Program, User

_STATES = [state.value for state in GuidedState]


class GuidedDispute(models.Model):
    """A dispute in the making, in seven steps; ``author`` is in whose hands it is, seen by that person alone.

    ``said`` has the shape that ``disputes.policy.guided`` documents, ``step`` is the furthest step that was reached.
    ``program`` and ``invoice`` are null until a bill is chosen. ``filed`` is the answer of its submission by line:
    charge, ok, number, id (of the dispute), code, message; ``submission`` is null where a single dispute was filed.
    """

    public_id = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey(Program, null=True, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    step = models.SmallIntegerField(default=GuidedStep.BILL.value)
    said = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=[(s, s) for s in _STATES], default=GuidedState.OPEN.value)
    version = models.IntegerField(default=1)
    submission = models.OneToOneField(Submission, null=True, on_delete=models.PROTECT, related_name="guided")
    filed = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    modified_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "dropped"], submitted_at__isnull=True, submission__isnull=True)
                | Q(state="submitted", submitted_at__isnull=False),
                name="guided_state",
            ),
            models.CheckConstraint(
                condition=Q(step__gte=GuidedStep.BILL.value, step__lte=GuidedStep.REVIEW.value), name="guided_step"
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=True, step=GuidedStep.BILL.value) | Q(program__isnull=False),
                name="guided_has_a_bill",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("author"), F("modified_at").desc(), name="guided_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.public_id
