"""Wider cases: several charges under one number, resolutions, questions and answers, suggestions, counted limits."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

CATEGORIES = """
INSERT INTO disputes_reason_category (reason_id, category_id)
SELECT id, category_id FROM disputes_reason WHERE category_id IS NOT NULL;
"""
KEYS = """
ALTER TABLE disputes_dispute
  ADD CONSTRAINT dispute_resolution_fk FOREIGN KEY (resolution_id) REFERENCES disputes_resolution (id),
  ADD CONSTRAINT dispute_submission_fk FOREIGN KEY (submission_id, number, customer_id, currency, program_id)
    REFERENCES disputes_submission (id, number, customer_id, currency, program_id);
CREATE INDEX dispute_of_submission ON disputes_dispute (submission_id) WHERE submission_id IS NOT NULL;
"""
NO_KEYS = """
DROP INDEX dispute_of_submission;
ALTER TABLE disputes_dispute DROP CONSTRAINT dispute_submission_fk, DROP CONSTRAINT dispute_resolution_fk;
"""
CLOSED = """
CREATE OR REPLACE FUNCTION disputes_dispute_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE reopening text[] := ARRAY['stage', 'outcome', 'round', 'closed_at', 'withdrawn_at', 'decided_micros',
  'decided_by_id', 'decided_at', 'decision_note', 'buyer_explanation', 'finding_ids', 'commit_after', 'assignee_id',
  'claimed_until', 'lock_version', 'modified_at', 'modified_by_id', 'hold_key'%s];
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.stage = 'pending' AND NEW.closed_at IS NULL
     AND to_jsonb(OLD) - reopening = to_jsonb(NEW) - reopening THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'dispute %% is closed', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'dispute_closed';
END $$;
"""
REOPENING = CLOSED % ", 'resolution_id', 'round_origin', 'info_missing', 'suggestion', 'label'"
NOT_REOPENING = CLOSED % ""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_laws"),
        ("disputes", "0003_clawback_and_balance"),
        ("parties", "0003_clawback_mode"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                "note",
                                "note",
                            ),
                            (
                                "question",
                                "question",
                            ),
                            (
                                "answer",
                                "answer",
                            ),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            (
                                "internal",
                                "internal",
                            ),
                            (
                                "parties",
                                "parties",
                            ),
                        ],
                        max_length=8,
                    ),
                ),
                ("body", models.TextField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Resolution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=100)),
                (
                    "maps_to",
                    models.CharField(
                        choices=[
                            (
                                "accepted",
                                "accepted",
                            ),
                            (
                                "accepted_partial",
                                "accepted_partial",
                            ),
                            (
                                "rejected",
                                "rejected",
                            ),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("sort", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("public_id", models.CharField(max_length=40, unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("total_micros", models.BigIntegerField()),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("buyer", "buyer"),
                            ("csr", "csr"),
                            ("api", "api"),
                            ("import", "import"),
                            (
                                "qa_proactive",
                                "qa_proactive",
                            ),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="UsageCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("period_start", models.DateTimeField()),
                ("used", models.BigIntegerField(db_default=0, default=0)),
                ("used_micros", models.BigIntegerField(db_default=0, default=0)),
                ("overrides", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                "db_table": "disputes_usage_counter",
            },
        ),
        migrations.RemoveConstraint(
            model_name="reason",
            name="reason_clawback_mode",
        ),
        migrations.AddField(
            model_name="dispute",
            name="info_missing",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="dispute",
            name="line",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="reason",
            name="categories",
            field=models.ManyToManyField(
                blank=True, db_table="disputes_reason_category", related_name="+", to="billing.category"
            ),
        ),
        migrations.RunSQL(CATEGORIES, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="reason",
            name="category",
        ),
        migrations.AddField(
            model_name="dispute",
            name="round_origin",
            field=models.CharField(
                choices=[
                    ("filed", "filed"),
                    (
                        "reopened",
                        "reopened",
                    ),
                    (
                        "re_review",
                        "re_review",
                    ),
                ],
                db_default="filed",
                default="filed",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="suggestion",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="dispute",
            name="type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("billing", "billing"),
                    ("product", "product"),
                    ("fraud", "fraud"),
                    ("quality", "quality"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="dispute",
            name="number",
            field=models.BigIntegerField(),
        ),
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("clawback_mode__in", ["none", "proportional", "full_on_accept", "capped_at_credit"])
                ),
                name="reason_clawback_mode",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="author",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="dispute",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="disputes.dispute"
            ),
        ),
        migrations.AddField(
            model_name="resolution",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="resolutions", to="parties.program"
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="resolution",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="disputes.resolution",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.customer"
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="invoice",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.program"
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="submission",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="disputes.submission",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="label",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Concat(
                    models.Value("D-"),
                    django.db.models.functions.comparison.Cast(models.F("number"), models.TextField()),
                    models.Case(
                        models.When(
                            line__gt=0,
                            then=django.db.models.functions.text.Concat(
                                models.Value("."),
                                django.db.models.functions.comparison.Cast(models.F("line"), models.TextField()),
                                output_field=models.TextField(),
                            ),
                        ),
                        default=models.Value(""),
                        output_field=models.TextField(),
                    ),
                    output_field=models.TextField(),
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(fields=("label",), name="dispute_label_once"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("line", 0), ("submission__isnull", True)),
                    models.Q(("line__gt", 0), ("submission__isnull", False)),
                    _connector="OR",
                ),
                name="dispute_line_of_submission",
            ),
        ),
        migrations.AddField(
            model_name="usagecounter",
            name="customer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.customer"
            ),
        ),
        migrations.AddField(
            model_name="usagecounter",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.program"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("body", ""), _negated=True), name="comment_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "note"),
                    ("visibility", "parties"),
                    _connector="OR",
                ),
                name="comment_question_is_for_parties",
            ),
        ),
        migrations.AddConstraint(
            model_name="resolution",
            constraint=models.UniqueConstraint(fields=("program", "code"), name="resolution_once"),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("total_micros__gt", 0)), name="submission_asks_for_money"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("id", "number", "customer", "currency", "program"), name="submission_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="usagecounter",
            constraint=models.UniqueConstraint(
                fields=("program", "customer", "key", "period_start"), name="usage_counter_once", nulls_distinct=False
            ),
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL(REOPENING, NOT_REOPENING),
    ]
