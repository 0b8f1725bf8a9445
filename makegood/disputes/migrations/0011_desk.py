"""What waits for a second signature, who works on what, and how long a decision took."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import makegood.disputes.states


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0010_exhibits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskTime",
            fields=[
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="desk_time",
                        serialize=False,
                        to="disputes.decision",
                    ),
                ),
                ("decision_ms", models.IntegerField()),
                ("listened_ms", models.IntegerField(default=0)),
                ("sought", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "disputes_desk_time",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision_ms__gte", 0), ("listened_ms__gte", 0)),
                        name="desk_time_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="followers", to="disputes.dispute"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("dispute", "user"), name="follow_once")],
            },
        ),
        migrations.CreateModel(
            name="Handling",
            fields=[
                (
                    "dispute",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="handling",
                        serialize=False,
                        to="disputes.dispute",
                    ),
                ),
                ("assigned_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("escalation", models.TextField(blank=True, default="")),
                (
                    "assigned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="disputes.dispute",
                    ),
                ),
                (
                    "escalated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("escalated_at__isnull", True), ("escalation", "")),
                            models.Q(("escalated_at__isnull", False), models.Q(("escalation", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="handling_escalation_has_a_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("duplicate_of__isnull", True),
                            models.Q(("duplicate_of", models.F("dispute")), _negated=True),
                            _connector="OR",
                        ),
                        name="handling_not_its_own_twin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutOfTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("cause", models.TextField()),
                (
                    "before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disputes.dispute"
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disputes.dispute"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "disputes_out_of_turn",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cause", ""), _negated=True), name="out_of_turn_has_a_cause"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=40, unique=True)),
                ("round", models.SmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                makegood.disputes.states.DecisionKind["ACCEPT"],
                                makegood.disputes.states.DecisionKind["ACCEPT"],
                            ),
                            (
                                makegood.disputes.states.DecisionKind["PARTIAL"],
                                makegood.disputes.states.DecisionKind["PARTIAL"],
                            ),
                            (
                                makegood.disputes.states.DecisionKind["REJECT"],
                                makegood.disputes.states.DecisionKind["REJECT"],
                            ),
                        ],
                        max_length=8,
                    ),
                ),
                ("micros", models.BigIntegerField(null=True)),
                ("clawback_micros", models.BigIntegerField(null=True)),
                (
                    "findings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("heard", models.JSONField(default=list)),
                ("note", models.TextField(blank=True, default="")),
                ("credit_micros", models.BigIntegerField()),
                ("version", models.IntegerField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                makegood.disputes.states.RecommendationState["WAITING"],
                                makegood.disputes.states.RecommendationState["WAITING"],
                            ),
                            (
                                makegood.disputes.states.RecommendationState["APPROVED"],
                                makegood.disputes.states.RecommendationState["APPROVED"],
                            ),
                            (
                                makegood.disputes.states.RecommendationState["DECLINED"],
                                makegood.disputes.states.RecommendationState["DECLINED"],
                            ),
                            (
                                makegood.disputes.states.RecommendationState["WITHDRAWN"],
                                makegood.disputes.states.RecommendationState["WITHDRAWN"],
                            ),
                        ],
                        max_length=9,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("cause", models.TextField(blank=True, default="")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendation",
                        to="disputes.decision",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to="disputes.dispute",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")), fields=("dispute",), name="one_recommendation_waits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("state", "waiting")),
                            models.Q(("state", "waiting"), _negated=True),
                            _connector="OR",
                        ),
                        name="recommendation_waits_unanswered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "declined"]), _negated=True),
                            models.Q(
                                ("answered_by__isnull", False), models.Q(("answered_by", models.F("by")), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="recommendation_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decision__isnull", True), ("state", "approved"), _connector="OR"),
                        name="recommendation_decision_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Snooze",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateTimeField()),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disputes.dispute"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("dispute", "user"), name="snooze_once")],
            },
        ),
        migrations.AddField(
            model_name="dispute",
            name="waits_for_signature",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("waits_for_signature", False), ("stage", "in_review"), _connector="OR"),
                name="dispute_signature_in_review",
            ),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(
                    ("outcome__isnull", False),
                    (
                        "stage__in",
                        [makegood.disputes.states.Stage["RESOLVED"], makegood.disputes.states.Stage["CLOSED"]],
                    ),
                ),
                fields=["reason", "-decided_at"],
                name="dispute_precedent",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["by", "-at"], name="decision_of_person"),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                models.Case(
                    models.When(stage__in=["pending", "in_review", "info_needed", "decided"], then=models.Value(0)),
                    models.When(outcome="accepted", then=models.Value(1)),
                    models.When(outcome="accepted_partial", then=models.Value(2)),
                    models.When(outcome="rejected", then=models.Value(3)),
                    default=models.Value(4),
                    output_field=models.IntegerField(),
                ),
                models.OrderBy(models.F("submitted_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("submitted_at__isnull", False)),
                name="dispute_ranked",
            ),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["-decided_at", "-id"],
                name="dispute_decided",
            ),
        ),
        migrations.RemoveConstraint(model_name="bulkplan", name="plan_verb"),
        migrations.AlterField(
            model_name="bulkplan",
            name="verb",
            field=models.CharField(
                choices=[
                    ("accept", "accept"),
                    ("partial", "partial"),
                    ("reject", "reject"),
                    ("adjust", "adjust"),
                    ("reverse", "reverse"),
                    ("close", "close"),
                    ("reopen", "reopen"),
                    ("assign", "assign"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verb__in", ["accept", "partial", "reject", "adjust", "reverse", "close", "reopen", "assign"])
                ),
                name="plan_verb",
            ),
        ),
    ]
