"""Files that people send to the page."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import makegood.imports.states


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0003_reject_parts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=40, unique=True)),
                ("file_name", models.CharField(max_length=200)),
                ("storage_key", models.CharField(max_length=200, unique=True)),
                ("rejects_key", models.CharField(blank=True, default="", max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                ("done_bytes", models.BigIntegerField(default=0)),
                ("options", models.JSONField(default=dict)),
                ("columns", models.JSONField(default=dict)),
                ("expected", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                makegood.imports.states.UploadState["MAPPING"],
                                makegood.imports.states.UploadState["MAPPING"],
                            ),
                            (
                                makegood.imports.states.UploadState["CHECKING"],
                                makegood.imports.states.UploadState["CHECKING"],
                            ),
                            (
                                makegood.imports.states.UploadState["CHECKED"],
                                makegood.imports.states.UploadState["CHECKED"],
                            ),
                            (
                                makegood.imports.states.UploadState["IMPORTING"],
                                makegood.imports.states.UploadState["IMPORTING"],
                            ),
                            (makegood.imports.states.UploadState["DONE"], makegood.imports.states.UploadState["DONE"]),
                            (
                                makegood.imports.states.UploadState["FAILED"],
                                makegood.imports.states.UploadState["FAILED"],
                            ),
                            (
                                makegood.imports.states.UploadState["DISCARDED"],
                                makegood.imports.states.UploadState["DISCARDED"],
                            ),
                        ],
                        default=makegood.imports.states.UploadState["MAPPING"],
                        max_length=9,
                    ),
                ),
                ("answer", models.JSONField(null=True)),
                ("refusal", models.JSONField(null=True)),
                ("created_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="imports.importbatch",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    makegood.imports.states.UploadState["CHECKING"],
                                    makegood.imports.states.UploadState["IMPORTING"],
                                ],
                            )
                        ),
                        fields=["id"],
                        name="upload_at_work",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_bytes__gte", 0), ("done_bytes__lte", models.F("size_bytes")), ("size_bytes__gt", 0)
                        ),
                        name="upload_bytes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("batch__isnull", False), ("state", makegood.imports.states.UploadState["DONE"])),
                            models.Q(("state", makegood.imports.states.UploadState["DONE"]), _negated=True),
                            _connector="OR",
                        ),
                        name="upload_done_has_batch",
                    ),
                ],
            },
        ),
    ]
