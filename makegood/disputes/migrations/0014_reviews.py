"""Reviews of charges that nobody disputed."""

from __future__ import annotations

from typing import Any, ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

CHOSEN_BY = ["random", "new_vendor", "short", "no_speech", "repeat_caller", "by_hand"]
STATES = ["queued", "claimed", "done", "canceled"]
VERDICTS = ["billable", "non_billable", "unclear"]
OPEN = models.Q(("state__in", ["queued", "claimed"]))
DONE = models.Q(("state", "done"))


def _kept(to: str, **more: Any) -> Any:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to, **more)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("disputes", "0013_guided"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ReviewDraw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("asked", models.IntegerField()),
                ("population", models.IntegerField(default=0)),
                ("unheard", models.IntegerField(default=0)),
                ("size", models.IntegerField(default=0)),
                ("picked", models.IntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("program", _kept("parties.program")),
            ],
            options={
                "db_table": "disputes_review_draw",
                "constraints": [
                    models.UniqueConstraint(fields=("program", "day"), name="review_draw_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked__gte", 0),
                            ("picked__gte", 0),
                            ("size__gte", 0),
                            ("unheard__gte", 0),
                            ("size__lte", models.F("asked")),
                            ("size__lte", models.F("population")),
                        ),
                        name="review_draw_within_population",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chosen_by", models.CharField(choices=[(one, one) for one in CHOSEN_BY], max_length=13)),
                ("chance", models.DecimalField(decimal_places=18, max_digits=20)),
                ("why", models.JSONField(default=dict)),
                ("queued_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "state",
                    models.CharField(choices=[(one, one) for one in STATES], default="queued", max_length=8),
                ),
                ("claimed_until", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "verdict",
                    models.CharField(choices=[(one, one) for one in VERDICTS], max_length=12, null=True),
                ),
                (
                    "finding_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("heard", models.JSONField(default=list)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("note", models.TextField(blank=True, default="")),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="billing.charge"
                    ),
                ),
                ("customer", _kept("parties.customer", db_index=False)),
                (
                    "dispute",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review",
                        to="disputes.dispute",
                    ),
                ),
                ("program", _kept("parties.program")),
                ("reviewer", _kept(settings.AUTH_USER_MODEL, null=True)),
                (
                    "draw",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="disputes.reviewdraw",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(condition=OPEN, fields=("charge",), name="one_open_review"),
                    models.CheckConstraint(
                        condition=models.Q(("chance__gt", 0), ("chance__lte", 1)), name="review_chance"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("claimed_until__isnull", False), ("reviewer__isnull", False), ("state", "claimed")
                            ),
                            models.Q(models.Q(("state", "claimed"), _negated=True), ("claimed_until__isnull", True)),
                            _connector="OR",
                        ),
                        name="review_claimed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "done"),
                                ("finished_at__isnull", False),
                                ("reviewer__isnull", False),
                                ("verdict__isnull", False),
                            ),
                            models.Q(
                                models.Q(("state", "done"), _negated=True),
                                ("dispute__isnull", True),
                                ("finished_at__isnull", True),
                                ("verdict__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="review_done_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dispute__isnull", True), ("verdict", "non_billable"), _connector="OR"),
                        name="review_dispute_non_billable",
                    ),
                ],
                "indexes": [
                    models.Index(condition=OPEN, fields=["program", "id"], name="review_open"),
                    models.Index(condition=DONE, fields=["program", "-finished_at"], name="review_done"),
                ],
            },
        ),
    ]
