"""Rows of what is shown with a dispute: attached files, and what was heard at which second."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from makegood.disputes.models.cases import Decision, Dispute
from makegood.disputes.models.policies import Finding
from makegood.evidence.models import File, Recording
from makegood.parties.models import User


class DisputeFile(models.Model):
    """A file that a dispute or a draft shows as evidence; several disputes may show the same one."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    attached_at = models.DateTimeField(db_default=Now())
    attached_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "disputes_dispute_file"
        constraints: ClassVar = [models.UniqueConstraint(fields=["dispute", "file"], name="dispute_file_once")]

    def __str__(self) -> str:
        return f"{self.dispute_id}: {self.file_id}"


class Heard(models.Model):
    """A finding that a decision rests on, heard in the recording in milliseconds ``[start_ms, end_ms)``.

    It belongs to one decision: of a decision that was taken back it stays, and is shown nowhere.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="heard")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="+")
    start_ms = models.IntegerField()
    end_ms = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "finding", "start_ms"], name="heard_once"),
            models.CheckConstraint(condition=Q(start_ms__gte=0, end_ms__gt=F("start_ms")), name="heard_is_a_stretch"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.finding_id} at {self.start_ms} ms"
