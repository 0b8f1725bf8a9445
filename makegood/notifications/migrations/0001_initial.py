"""The tables of notifications."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "template",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("new_by_others", "new_by_others"),
                            ("reviewed", "reviewed"),
                            ("vendor_revenue", "vendor_revenue"),
                        ],
                        max_length=20,
                    ),
                ),
                ("window", models.CharField(max_length=16)),
                ("opens_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("flushed_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("count", models.IntegerField(default=0)),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="digests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DigestItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "template",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("new_by_others", "new_by_others"),
                            ("reviewed", "reviewed"),
                            ("vendor_revenue", "vendor_revenue"),
                        ],
                        max_length=20,
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("subject_id", models.BigIntegerField()),
                ("dispute_id", models.BigIntegerField()),
                ("charge_id", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("delta", models.BigIntegerField()),
                (
                    "digest",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="notifications.digest",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "notifications_digest_item",
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "template",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("new_by_others", "new_by_others"),
                            ("reviewed", "reviewed"),
                            ("vendor_revenue", "vendor_revenue"),
                        ],
                        max_length=20,
                    ),
                ),
                ("window", models.CharField(max_length=16)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_preferences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(
                condition=models.Q(("flushed_at__isnull", True)), fields=["due_at"], name="digest_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(
                condition=models.Q(("count__gt", 0), ("flushed_at__isnull", False)),
                fields=["recipient", "-flushed_at", "-id"],
                name="digest_cards",
            ),
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(
                condition=models.Q(("count__gt", 0), ("flushed_at__isnull", False), ("read_at__isnull", True)),
                fields=["recipient"],
                name="digest_unread",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("flushed_at__isnull", True)),
                fields=("recipient", "template", "window"),
                name="one_waiting_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(fields=("id", "recipient", "template"), name="digest_identity"),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(("template__in", ["new", "new_by_others", "reviewed", "vendor_revenue"])),
                name="digest_template",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at__gte", models.F("opens_at"))), name="digest_due_after_opening"
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(("read_at__isnull", True), ("flushed_at__isnull", False), _connector="OR"),
                name="digest_read_after_delivery",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(condition=models.Q(("count__gte", 0)), name="digest_count"),
        ),
        migrations.AddConstraint(
            model_name="digestitem",
            constraint=models.UniqueConstraint(fields=("event_id", "template", "recipient"), name="told_once"),
        ),
        migrations.AddConstraint(
            model_name="digestitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("delta", 0), _negated=True), name="digest_item_delta"
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(fields=("user", "template"), name="preference_once"),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=models.Q(("template__in", ["new", "new_by_others", "reviewed", "vendor_revenue"])),
                name="preference_template",
            ),
        ),
    ]
