"""The tables of insights."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("billing", "0003_invoice_lines"),
        ("disputes", "0008_limits"),
        ("parties", "0004_afterward"),
    ]

    operations = [
        migrations.CreateModel(
            name="CohortDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("payout_currency", models.CharField(max_length=3)),
                ("charges", models.IntegerField(default=0)),
                ("billed", models.IntegerField(default=0)),
                ("disputes", models.IntegerField(default=0)),
                ("accepted", models.IntegerField(default=0)),
                ("accepted_partial", models.IntegerField(default=0)),
                ("rejected", models.IntegerField(default=0)),
                ("withdrawn", models.IntegerField(default=0)),
                ("closed", models.IntegerField(default=0)),
                ("open", models.IntegerField(default=0)),
                ("automatic", models.IntegerField(default=0)),
                ("invalid", models.IntegerField(default=0)),
                ("credits", models.IntegerField(default=0)),
                ("reversals", models.IntegerField(default=0)),
                ("fees", models.IntegerField(default=0)),
                ("billed_micros", models.BigIntegerField(default=0)),
                ("asked_micros", models.BigIntegerField(default=0)),
                ("decided_asked_micros", models.BigIntegerField(default=0)),
                ("decided_micros", models.BigIntegerField(default=0)),
                ("credited_micros", models.BigIntegerField(default=0)),
                ("reversed_micros", models.BigIntegerField(default=0)),
                ("fee_micros", models.BigIntegerField(default=0)),
                ("payout_micros", models.BigIntegerField(default=0)),
                ("clawed_micros", models.BigIntegerField(default=0)),
                ("returned_micros", models.BigIntegerField(default=0)),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.campaign",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.category",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.program",
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="disputes.reason",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.vendor",
                    ),
                ),
            ],
            options={
                "db_table": "insights_cohort_day",
                "indexes": [models.Index(fields=["customer", "day"], name="cohort_day_of_customer")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "program",
                            "day",
                            "customer",
                            "vendor",
                            "campaign",
                            "category",
                            "reason",
                            "currency",
                            "payout_currency",
                        ),
                        name="cohort_day_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "disputes",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("accepted"), "+", models.F("accepted_partial")
                                                ),
                                                "+",
                                                models.F("rejected"),
                                            ),
                                            "+",
                                            models.F("withdrawn"),
                                        ),
                                        "+",
                                        models.F("closed"),
                                    ),
                                    "+",
                                    models.F("open"),
                                ),
                            )
                        ),
                        name="cohort_day_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DirtyDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="parties.program"
                    ),
                ),
            ],
            options={
                "db_table": "insights_dirty_day",
                "constraints": [models.UniqueConstraint(fields=("program", "day"), name="dirty_day_once")],
            },
        ),
    ]
