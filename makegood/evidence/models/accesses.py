"""Rows of listening."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from makegood.evidence.models.recordings import Recording
from makegood.evidence.states import AccessVia
from makegood.parties.models import Token, User


class RecordingAccess(models.Model):
    """Somebody listened to a stretch of a recording, in milliseconds ``[from_ms, to_ms)``.

    ``link`` is the one opening of the player that stretches belong to; ``label`` says who it was where no person did.
    ``heard`` ones were played, the others only sent. What one link sends or plays piece by piece is one row, as far as
    the pieces touch: begun ``at``, last continued at ``last_at``.
    """

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="accesses")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    token = models.ForeignKey(Token, null=True, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=200, blank=True, default="")
    via = models.CharField(max_length=4, choices=[(v, v) for v in AccessVia])
    link = models.CharField(max_length=40)
    at = models.DateTimeField()
    last_at = models.DateTimeField()
    from_ms = models.IntegerField()
    to_ms = models.IntegerField()
    heard = models.BooleanField()

    class Meta:
        db_table = "evidence_recording_access"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(via__in=list(AccessVia)), name="recording_access_via"),
            models.CheckConstraint(
                condition=Q(from_ms__gte=0, to_ms__gt=F("from_ms")), name="recording_access_is_a_stretch"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["recording", "at"], name="recording_access_of")]

    def __str__(self) -> str:
        return f"{self.recording_id}: {self.from_ms}-{self.to_ms}"
