"""Rows of recordings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from makegood.billing.models import Charge
from makegood.evidence.states import RecordingState


class Recording(models.Model):
    """The recording of one call. Times of ``segments`` and ``duration_ms`` are milliseconds from its beginning.

    Kept are the file as it came (``original_key``), one that every browser plays (``play_key``), and the peaks of its
    waveform (``peaks_key``, JSON in the audiowaveform format). ``segments`` is a list of ``{"ch": 0, "start_ms": 0,
    "end_ms": 0, "kind": "speech"}``. A waiting one is fetched from ``source_url``, at ``next_at``; ``fault`` is the
    code of why the last try failed.
    """

    public_id = models.CharField(max_length=40, unique=True)
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=[(s, s) for s in RecordingState], default=RecordingState.WAITING)
    source_url = models.TextField(blank=True, default="")
    tries = models.SmallIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    fault = models.CharField(max_length=40, blank=True, default="")
    fault_detail = models.TextField(blank=True, default="")

    original_key = models.CharField(max_length=200, blank=True, default="")
    play_key = models.CharField(max_length=200, blank=True, default="")
    peaks_key = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    bytes = models.BigIntegerField(null=True)
    play_bytes = models.BigIntegerField(null=True)
    codec = models.CharField(max_length=40, blank=True, default="")
    channels = models.SmallIntegerField(null=True)
    sample_rate = models.IntegerField(null=True)
    duration_ms = models.IntegerField(null=True)
    segments = models.JSONField(default=list)

    consent_basis = models.TextField(blank=True, default="")
    retention_until = models.DateField(null=True)
    legal_hold = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(RecordingState)), name="recording_state"),
            models.CheckConstraint(
                condition=~Q(state=RecordingState.READY)
                | (
                    ~Q(original_key="")
                    & ~Q(play_key="")
                    & ~Q(peaks_key="")
                    & Q(channels__in=[1, 2], duration_ms__gt=0, sample_rate__gt=0, bytes__gt=0, play_bytes__gt=0)
                    & Q(channels__isnull=False, duration_ms__isnull=False, sample_rate__isnull=False)
                    & Q(bytes__isnull=False, play_bytes__isnull=False)
                ),
                name="recording_ready_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=RecordingState.WAITING, next_at__isnull=False)
                | (~Q(state=RecordingState.WAITING) & Q(next_at__isnull=True)),
                name="recording_waiting_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at", "id"], condition=Q(state=RecordingState.WAITING), name="recording_due"),
            models.Index(
                fields=["retention_until"],
                condition=Q(state=RecordingState.READY, legal_hold=False, retention_until__isnull=False),
                name="recording_to_delete",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
