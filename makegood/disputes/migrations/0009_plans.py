"""Bulk plans."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0008_limits"),
        ("parties", "0006_tokens"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("accept", "accept"),
                            (
                                "partial",
                                "partial",
                            ),
                            ("reject", "reject"),
                            ("adjust", "adjust"),
                            (
                                "reverse",
                                "reverse",
                            ),
                            ("close", "close"),
                            ("reopen", "reopen"),
                        ],
                        max_length=8,
                    ),
                ),
                ("params", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            (
                                "running",
                                "running",
                            ),
                            (
                                "finished",
                                "finished",
                            ),
                            (
                                "stopped",
                                "stopped",
                            ),
                            (
                                "undone",
                                "undone",
                            ),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("author_label", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("committed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("undo_until", models.DateTimeField(null=True)),
                ("selected", models.IntegerField()),
                ("planned", models.IntegerField()),
                ("done", models.IntegerField(default=0)),
                ("refused", models.IntegerField(default=0)),
                ("undone", models.IntegerField(default=0)),
                ("totals", models.JSONField()),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author_token",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.token"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by_token",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.token"
                    ),
                ),
            ],
            options={
                "db_table": "disputes_bulk_plan",
            },
        ),
        migrations.CreateModel(
            name="BulkPlanRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.IntegerField()),
                ("named", models.CharField(max_length=60)),
                ("version", models.IntegerField(null=True)),
                ("micros", models.BigIntegerField(null=True)),
                ("credit_micros", models.BigIntegerField(default=0)),
                ("tax_micros", models.BigIntegerField(default=0)),
                ("clawback_micros", models.BigIntegerField(default=0)),
                ("margin_micros", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("payout_currency", models.CharField(blank=True, max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                "excluded",
                                "excluded",
                            ),
                            (
                                "waiting",
                                "waiting",
                            ),
                            ("done", "done"),
                            (
                                "refused",
                                "refused",
                            ),
                            ("undone", "undone"),
                        ],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=60)),
                ("message", models.TextField(blank=True)),
                ("result_version", models.IntegerField(null=True)),
                (
                    "dispute",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disputes.dispute"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="disputes.bulkplan"
                    ),
                ),
            ],
            options={
                "db_table": "disputes_bulk_plan_row",
            },
        ),
        migrations.AddIndex(
            model_name="bulkplan",
            index=models.Index(condition=models.Q(("state", "running")), fields=["id"], name="plan_running"),
        ),
        migrations.AddIndex(
            model_name="bulkplan",
            index=models.Index(condition=models.Q(("state", "draft")), fields=["expires_at"], name="plan_draft"),
        ),
        migrations.AddConstraint(
            model_name="bulkplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verb__in", ["accept", "partial", "reject", "adjust", "reverse", "close", "reopen"])
                ),
                name="plan_verb",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("committed_at__isnull", True), ("state", "draft")),
                    models.Q(
                        ("committed_at__isnull", False), ("state__in", ["running", "finished", "stopped", "undone"])
                    ),
                    _connector="OR",
                ),
                name="plan_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done__gte", 0),
                    ("planned__gte", 0),
                    ("planned__lte", models.F("selected")),
                    ("refused__gte", 0),
                    ("undone__gte", 0),
                    (
                        "planned__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("done"), "+", models.F("refused")),
                            "+",
                            models.F("undone"),
                        ),
                    ),
                ),
                name="plan_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkplanrow",
            constraint=models.UniqueConstraint(fields=("plan", "ordinal"), name="plan_row_place"),
        ),
        migrations.AddConstraint(
            model_name="bulkplanrow",
            constraint=models.UniqueConstraint(fields=("plan", "dispute"), name="plan_row_once"),
        ),
        migrations.AddConstraint(
            model_name="bulkplanrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["excluded", "refused"]), ("dispute__isnull", False), _connector="OR"),
                name="plan_row_state",
            ),
        ),
    ]
