"""Calendars and the clocks of disputes."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disputes", "0006_statements"), ("parties", "0002_roles")]
    operations = [
        migrations.CreateModel(
            name="Calendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("weekdays", ArrayField(base_field=models.SmallIntegerField(), size=None)),
                ("closes_at", models.TimeField(null=True)),
                ("zone", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="parties.zone")),
            ],
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "calendar",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="holidays", to="disputes.calendar"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SlaClock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.SmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first_touch", "first_touch"),
                            ("decision", "decision"),
                            ("info", "info"),
                            ("re_review", "re_review"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[("wall", "wall"), ("business_days", "business_days"), ("same_time", "same_time")],
                        max_length=13,
                    ),
                ),
                ("started_by", models.BigIntegerField()),
                ("started_at", models.DateTimeField()),
                ("target_at", models.DateTimeField(null=True)),
                ("breach_at", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("paused_s", models.BigIntegerField(default=0)),
                ("stopped_by", models.BigIntegerField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("running", "running"), ("met", "met"), ("missed", "missed")], max_length=7
                    ),
                ),
                ("warned_at", models.DateTimeField(null=True)),
                ("breached_at", models.DateTimeField(null=True)),
                (
                    "calendar",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="disputes.calendar"),
                ),
                ("dispute", models.ForeignKey(on_delete=models.PROTECT, related_name="clocks", to="disputes.dispute")),
            ],
            options={
                "db_table": "disputes_sla_clock",
            },
        ),
        migrations.AddConstraint(
            model_name="calendar",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6]), ("weekdays__len__gt", 0)),
                name="calendar_weekdays",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendar",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_at__isnull", True), ("closes_at__gt", time(0, 0)), _connector="OR"),
                name="calendar_closes_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="holiday",
            constraint=models.UniqueConstraint(fields=("calendar", "on"), name="holiday_once"),
        ),
        migrations.AddIndex(
            model_name="slaclock",
            index=models.Index(
                condition=models.Q(("outcome", "running"), ("paused_at__isnull", True), ("warned_at__isnull", True)),
                fields=["target_at"],
                name="clock_target_due",
            ),
        ),
        migrations.AddIndex(
            model_name="slaclock",
            index=models.Index(
                condition=models.Q(("outcome", "running"), ("breached_at__isnull", True), ("paused_at__isnull", True)),
                fields=["breach_at"],
                name="clock_breach_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.UniqueConstraint(fields=("started_by", "kind"), name="clock_once_per_event"),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "running")), fields=("dispute", "kind"), name="one_running_clock"
            ),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.CheckConstraint(
                condition=models.Q(("target_at__isnull", False), ("breach_at__isnull", False), _connector="OR"),
                name="clock_has_a_limit",
            ),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("target_at__isnull", True),
                    ("breach_at__isnull", True),
                    ("breach_at__gte", models.F("target_at")),
                    _connector="OR",
                ),
                name="clock_limits_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "running"), ("stopped_at__isnull", True), ("stopped_by__isnull", True)),
                    models.Q(
                        models.Q(("outcome", "running"), _negated=True),
                        ("stopped_at__isnull", False),
                        ("stopped_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="clock_stopped_has_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.CheckConstraint(
                condition=models.Q(("paused_at__isnull", True), ("outcome", "running"), _connector="OR"),
                name="clock_paused_runs",
            ),
        ),
    ]
