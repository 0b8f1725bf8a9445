"""The tables of webhooks."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0006_tokens"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=40, unique=True)),
                ("url", models.TextField()),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=200)),
                ("owner_label", models.CharField(max_length=200)),
                ("secret", models.CharField(max_length=80)),
                ("previous_secret", models.CharField(blank=True, max_length=80)),
                ("previous_until", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "active"), ("paused", "paused"), ("disabled", "disabled")],
                        default="active",
                        max_length=8,
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("failures", "failures"),
                            ("by_hand", "by_hand"),
                            ("gone", "gone"),
                            ("owner", "owner"),
                        ],
                        max_length=8,
                    ),
                ),
                ("stopped_at", models.DateTimeField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("lock_version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.token"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=40, unique=True)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("dispute.submitted", "dispute.submitted"),
                            ("dispute.updated", "dispute.updated"),
                            ("dispute.claimed", "dispute.claimed"),
                            ("dispute.info_requested", "dispute.info_requested"),
                            ("dispute.info_provided", "dispute.info_provided"),
                            ("dispute.withdrawn", "dispute.withdrawn"),
                            ("dispute.decided", "dispute.decided"),
                            ("dispute.closed", "dispute.closed"),
                            ("dispute.reopened", "dispute.reopened"),
                            ("dispute.re_review_requested", "dispute.re_review_requested"),
                            ("adjustment.posted", "adjustment.posted"),
                            ("adjustment.reversed", "adjustment.reversed"),
                            ("adjustment.fee_applied", "adjustment.fee_applied"),
                            ("vendor.revenue_adjusted", "vendor.revenue_adjusted"),
                            ("review.completed", "review.completed"),
                            ("evidence.added", "evidence.added"),
                            ("sla.breached", "sla.breached"),
                            ("bulk_plan.finished", "bulk_plan.finished"),
                            ("import.finished", "import.finished"),
                            ("policy.published", "policy.published"),
                            ("endpoint.test", "endpoint.test"),
                        ],
                        max_length=40,
                    ),
                ),
                ("event_id", models.BigIntegerField(null=True)),
                ("dispute_id", models.BigIntegerField(null=True)),
                ("payload", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("delivered", "delivered"),
                            ("failed", "failed"),
                            ("dropped", "dropped"),
                        ],
                        max_length=9,
                    ),
                ),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("tries", models.SmallIntegerField(default=0)),
                ("attempts", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="webhooks.endpoint"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("status", models.SmallIntegerField(null=True)),
                ("duration_ms", models.IntegerField()),
                ("answer", models.TextField(blank=True)),
                ("error", models.TextField(blank=True)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tried", to="webhooks.delivery"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("delivery", "number"), name="attempt_number_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="attempt_numbered"),
                    models.CheckConstraint(condition=models.Q(("duration_ms__gte", 0)), name="attempt_took_time"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__isnull", False), models.Q(("error", ""), _negated=True), _connector="OR"
                        ),
                        name="attempt_has_result",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["active", "paused", "disabled"])), name="endpoint_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["", "failures", "by_hand", "gone", "owner"])), name="endpoint_cause"
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", ""), ("state", "active"), ("stopped_at__isnull", True)),
                    models.Q(
                        models.Q(("state", "active"), _negated=True),
                        models.Q(("cause", ""), _negated=True),
                        ("stopped_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="endpoint_stopped_for_a_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner__isnull", False), ("token__isnull", False), _connector="OR"),
                name="endpoint_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("secret__startswith", "whsec_")), name="endpoint_has_secret"
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("previous_secret", ""), ("previous_until__isnull", True)),
                    models.Q(("previous_secret__startswith", "whsec_"), ("previous_until__isnull", False)),
                    _connector="OR",
                ),
                name="endpoint_previous_secret_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("failures__gte", 0)), name="endpoint_failures_counted"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["endpoint", "next_attempt_at", "id"],
                name="delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("claimed_until__isnull", False)),
                fields=["endpoint", "claimed_until"],
                name="delivery_claimed",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["endpoint", "-id"], name="delivery_log"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "pending"), _negated=True), fields=["created_at"], name="delivery_ended"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("endpoint", "event_id", "type"), name="delivery_once"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "delivered", "failed", "dropped"])), name="delivery_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "type__in",
                        [
                            "dispute.submitted",
                            "dispute.updated",
                            "dispute.claimed",
                            "dispute.info_requested",
                            "dispute.info_provided",
                            "dispute.withdrawn",
                            "dispute.decided",
                            "dispute.closed",
                            "dispute.reopened",
                            "dispute.re_review_requested",
                            "adjustment.posted",
                            "adjustment.reversed",
                            "adjustment.fee_applied",
                            "vendor.revenue_adjusted",
                            "review.completed",
                            "evidence.added",
                            "sla.breached",
                            "bulk_plan.finished",
                            "import.finished",
                            "policy.published",
                            "endpoint.test",
                        ],
                    )
                ),
                name="delivery_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("event_id__isnull", True), ("type", "endpoint.test")),
                    models.Q(models.Q(("type", "endpoint.test"), _negated=True), ("event_id__isnull", False)),
                    _connector="OR",
                ),
                name="delivery_tells_of_an_event",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_attempt_at__isnull", False), ("state", "pending")),
                    models.Q(models.Q(("state", "pending"), _negated=True), ("next_attempt_at__isnull", True)),
                    _connector="OR",
                ),
                name="delivery_pending_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("attempts__gte", models.F("tries")), ("tries__gte", 0)),
                name="delivery_counts_attempts",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThan(
                    models.Func(models.F("payload"), function="octet_length", output_field=models.IntegerField()), 20000
                ),
                name="delivery_payload_small",
            ),
        ),
    ]
