"""Guided disputes that can be resumed, and the questions of a reason."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("disputes", "0012_catalogs"),
        ("billing", "0009_payments"),
        ("parties", "0012_contacts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="reason",
            name="questions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200), blank=True, default=list, size=None
            ),
        ),
        migrations.CreateModel(
            name="GuidedDispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=40, unique=True)),
                ("step", models.SmallIntegerField(default=1)),
                ("said", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("submitted", "submitted"), ("dropped", "dropped")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("version", models.IntegerField(default=1)),
                ("filed", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("modified_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("submitted_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.customer"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.invoice"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.program"
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guided",
                        to="disputes.submission",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("author"),
                        models.OrderBy(models.F("modified_at"), descending=True),
                        condition=models.Q(("state", "open")),
                        name="guided_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "dropped"]),
                            ("submission__isnull", True),
                            ("submitted_at__isnull", True),
                        )
                        | models.Q(("state", "submitted"), ("submitted_at__isnull", False)),
                        name="guided_state",
                    ),
                    models.CheckConstraint(condition=models.Q(("step__gte", 1), ("step__lte", 7)), name="guided_step"),
                    models.CheckConstraint(
                        condition=models.Q(("invoice__isnull", True), ("step", 1))
                        | models.Q(("program__isnull", False)),
                        name="guided_has_a_bill",
                    ),
                ],
            },
        ),
    ]
