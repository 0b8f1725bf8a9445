"""Payments of customers, and the days that a line of a bill covers."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0008_log"),
    ]

    operations: ClassVar = [
        migrations.AddField("charge", "covers_from", models.DateField(null=True)),
        migrations.AddField("charge", "covers_until", models.DateField(null=True)),
        AddConstraintNotValid(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("covers_from__isnull", True),
                    ("covers_until__isnull", True),
                    ("covers_until__gt", models.F("covers_from")),
                    _connector="OR",
                ),
                name="charge_covers_some_days",
            ),
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("paid_at", models.DateTimeField()),
                ("currency", models.CharField(max_length=3)),
                ("micros", models.BigIntegerField()),
                ("method", models.TextField(blank=True, default="")),
                ("note", models.TextField(blank=True, default="")),
                ("external_source", models.TextField()),
                ("external_id", models.TextField()),
                ("import_batch", models.BigIntegerField(null=True)),
                ("raw", models.JSONField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="parties.customer"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="billing.invoice",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "-paid_at", "-id"], name="payment_of_customer")],
                "constraints": [
                    models.UniqueConstraint(fields=("external_source", "external_id"), name="payment_once_per_source"),
                    models.CheckConstraint(condition=models.Q(("micros__gt", 0)), name="payment_above_zero"),
                ],
            },
        ),
    ]
