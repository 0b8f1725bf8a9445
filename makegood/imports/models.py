"""Rows of imports: one batch per file that was imported."""

from __future__ import annotations

from django.db import models

from makegood.parties.models import Program


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
