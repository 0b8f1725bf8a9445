"""Rows of imports: one batch per file that was imported, what files say otherwise than was billed, transcripts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from makegood.billing.models import Charge
from makegood.imports.states import AT_WORK, CorrectionState, UploadState
from makegood.parties.models import Program, User


class ImportBatch(models.Model):
    """A file that was imported. ``finished_at`` is null while it runs, and stays so if it was interrupted."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    file_name = models.TextField()
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    format = models.TextField()
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    imported = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    sums = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by = models.BigIntegerField(null=True)
    by_label = models.TextField(blank=True, default="")

    class Meta:
        db_table = "imports_batch"

    def __str__(self) -> str:
        return self.file_name


_FIGURES = ("billed_micros", "tax_micros", "payout_micros")


class Correction(models.Model):
    """Other figures than a charge was billed with. Accepted, they become a new charge; the old one stays as it is.

    ``charge`` is what the file's id was first billed as, whichever correction of it stands now; ``external_id`` names
    the row that says so, which may be the charge's own. ``new_billed_at`` is null when the call is not billed anymore.
    Amounts in micros of ``currency`` and ``payout_currency``, which are the charge's.
    """

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="corrections")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT)
    row = models.BigIntegerField()
    external_source = models.TextField()
    external_id = models.TextField()
    currency = models.CharField(max_length=3)
    payout_currency = models.CharField(max_length=3)
    old_billed_micros = models.BigIntegerField()
    old_tax_micros = models.BigIntegerField()
    old_payout_micros = models.BigIntegerField()
    new_billed_micros = models.BigIntegerField()
    new_tax_micros = models.BigIntegerField()
    new_payout_micros = models.BigIntegerField()
    new_billed_at = models.DateTimeField(null=True)
    source = models.JSONField(null=True)
    state = models.CharField(max_length=9, choices=[(s, s) for s in CorrectionState], default=CorrectionState.PROPOSED)
    proposed_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    settled_by = models.BigIntegerField(null=True)
    settled_by_label = models.TextField(blank=True, default="")
    new_charge = models.OneToOneField(Charge, null=True, on_delete=models.PROTECT, related_name="correction")

    class Meta:
        db_table = "imports_correction"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["charge", *(f"new_{figure}" for figure in _FIGURES)], name="correction_figures_once"
            ),
            models.CheckConstraint(
                condition=Q(**{f"{age}_{figure}__gte": 0 for age in ("old", "new") for figure in _FIGURES}),
                name="correction_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(**{f"new_{figure}": F(f"old_{figure}") for figure in _FIGURES}),
                name="correction_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(state=CorrectionState.PROPOSED, settled_at__isnull=True, new_charge__isnull=True)
                | Q(state=CorrectionState.ACCEPTED, settled_at__isnull=False, new_charge__isnull=False)
                | Q(state=CorrectionState.DISMISSED, settled_at__isnull=False, new_charge__isnull=True),
                name="correction_settled",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["external_source", "external_id"], name="correction_row"),
            models.Index(fields=["id"], name="correction_open", condition=Q(state=CorrectionState.PROPOSED)),
        ]

    def __str__(self) -> str:
        return f"{self.external_source} {self.external_id}"


class Transcript(models.Model):
    """What was said in a call, as its source wrote it down; a charge names it by ``transcript_key``."""

    key = models.TextField(primary_key=True)
    source = models.TextField()
    text = models.TextField()

    class Meta:
        db_table = "imports_transcript"

    def __str__(self) -> str:
        return self.key


class RejectPart(models.Model):
    """A piece of what an import of an uploaded file rejected: bytes of one CSV, in the order of their numbers."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="reject_parts")
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "imports_reject_part"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="reject_part_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="reject_part_numbered"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.number}"


class Upload(models.Model):
    """A file that somebody sent to the page, and what is to be done with it; the worker does it.

    ``options`` are those of ``imports.entries.BillOptions`` as texts, ``columns`` says by the name of a column of the
    format which header of the file it is. ``answer`` is what the last try or the import said, ``refusal`` the code and
    sentence of why it could not be read. ``done_bytes`` of ``size_bytes`` were read.
    """

    public_id = models.CharField(max_length=40, unique=True)
    file_name = models.CharField(max_length=200)
    storage_key = models.CharField(max_length=200, unique=True)
    rejects_key = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    done_bytes = models.BigIntegerField(default=0)
    options = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    expected = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=[(s, s) for s in UploadState], default=UploadState.MAPPING)
    answer = models.JSONField(null=True)
    refusal = models.JSONField(null=True)
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.PROTECT, related_name="uploads")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(size_bytes__gt=0, done_bytes__gte=0, done_bytes__lte=F("size_bytes")), name="upload_bytes"
            ),
            models.CheckConstraint(
                condition=Q(state=UploadState.DONE, batch__isnull=False) | ~Q(state=UploadState.DONE),
                name="upload_done_has_batch",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="upload_at_work", condition=Q(state__in=sorted(AT_WORK))),
        ]

    def __str__(self) -> str:
        return self.file_name
