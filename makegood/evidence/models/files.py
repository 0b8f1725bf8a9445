"""Rows of files."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from makegood.evidence.states import ScanState
from makegood.parties.models import Token, User


class File(models.Model):
    """Something that was handed in as evidence. What it belongs to is said above, by disputes.

    ``mime`` was found by opening it, whatever its sender called it. ``received_sha256`` is the hash (hex) of the bytes
    as they came, ``sha256`` that of the bytes kept under ``storage_key``: they differ where an image was written anew.
    ``width`` and ``height`` are pixels of an image. A file without owner belongs to nobody but its uploader until a
    claim names it. ``scan_tried_at`` is when a scanner was last asked without an answer.
    """

    public_id = models.CharField(max_length=40, unique=True)
    storage_key = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    mime = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    received_sha256 = models.CharField(max_length=64)
    received_bytes = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    scan = models.CharField(max_length=9, choices=[(s, s) for s in ScanState], default=ScanState.UNSCANNED)
    scan_tried_at = models.DateTimeField(null=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_with = models.ForeignKey(Token, null=True, on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(bytes__gt=0, received_bytes__gt=0), name="file_not_empty"),
            models.CheckConstraint(condition=Q(scan__in=list(ScanState)), name="file_scan_state"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", received_sha256__regex=r"^[0-9a-f]{64}$"),
                name="file_hashes",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["uploaded_by", "uploaded_at"], name="file_of_person"),
            models.Index(fields=["uploaded_at"], name="file_by_age"),
            models.Index(
                F("scan_tried_at").asc(nulls_first=True),
                "id",
                condition=Q(scan=ScanState.UNSCANNED, deleted_at__isnull=True),
                name="file_to_scan",
            ),
        ]

    def __str__(self) -> str:
        return self.name
