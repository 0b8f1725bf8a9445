"""Reasons with dates, findings with an order, and the grid of reasons and findings with its usual cells."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from makegood.disputes.policy.matrix import usual_cells
from makegood.disputes.policy.suggestions import Advice

MODES = ["none", "proportional", "full_on_accept", "capped_at_credit"]
KEYS = """
ALTER TABLE disputes_reason_finding
  ADD CONSTRAINT reason_finding_of_reason FOREIGN KEY (reason_id, program_id)
    REFERENCES disputes_reason (id, program_id),
  ADD CONSTRAINT reason_finding_of_finding FOREIGN KEY (finding_id, program_id)
    REFERENCES disputes_finding (id, program_id);
"""
NO_KEYS = """
ALTER TABLE disputes_reason_finding DROP CONSTRAINT reason_finding_of_reason, DROP CONSTRAINT reason_finding_of_finding;
"""
ORDER = """
UPDATE disputes_finding f SET sort = o.place - 1
FROM (SELECT id, row_number() OVER (PARTITION BY program_id ORDER BY id) AS place FROM disputes_finding) o
WHERE o.id = f.id;
"""

# A published version stays as it is, and what was in force stays so: one that has not ended may end otherwise, one that
# has not begun may be withdrawn.
PUBLISHED = """
CREATE OR REPLACE FUNCTION disputes_policy_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'effective' = to_jsonb(NEW) - 'effective' AND (
    (lower(OLD.effective) = lower(NEW.effective)
       AND (upper_inf(OLD.effective) OR upper(OLD.effective) > clock_timestamp()))
    OR (isempty(NEW.effective) AND lower(OLD.effective) > clock_timestamp())
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'policy version % is published and stays as it is', OLD.id
    USING ERRCODE = '23514', CONSTRAINT = 'policy_published';
END $$;
"""
BEFORE_PUBLISHED = """
CREATE OR REPLACE FUNCTION disputes_policy_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'effective' = to_jsonb(NEW) - 'effective'
     AND lower(OLD.effective) = lower(NEW.effective) AND upper_inf(OLD.effective) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'policy version % is published and stays as it is', OLD.id
    USING ERRCODE = '23514', CONSTRAINT = 'policy_published';
END $$;
"""


def seed(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The usual cells of the programs that are there already."""
    cell_model = apps.get_model("disputes", "ReasonFinding")
    for program in apps.get_model("parties", "Program").objects.all():
        reasons = {one.code: one for one in apps.get_model("disputes", "Reason").objects.filter(program=program)}
        findings = {one.code: one for one in apps.get_model("disputes", "Finding").objects.filter(program=program)}
        cells = usual_cells(
            {code: one.label for code, one in reasons.items()},
            {code: one.label for code, one in findings.items()},
            program.settings.get("clawback", "none"),
        )
        cell_model.objects.bulk_create(
            cell_model(
                program=program,
                reason=reasons[reason],
                finding=findings[finding],
                advice=cell.advice.value,
                clawback_mode=cell.clawback or None,
                letter=cell.letter,
                is_default=True,
            )
            for (reason, finding), cell in cells.items()
        )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_log"),
        ("disputes", "0011_desk"),
    ]

    operations = [
        migrations.AddField(model_name="finding", name="is_active", field=models.BooleanField(default=True)),
        migrations.AddField(model_name="finding", name="sort", field=models.IntegerField(default=0)),
        migrations.AddField(model_name="reason", name="active_from", field=models.DateField(blank=True, null=True)),
        migrations.AddField(model_name="reason", name="active_to", field=models.DateField(blank=True, null=True)),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(fields=("id", "program"), name="finding_identity"),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(fields=("program", "hotkey"), name="finding_hotkey_once"),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("hotkey__gte", 0), ("hotkey__lte", 9)), name="finding_hotkey_is_a_digit"
            ),
        ),
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.UniqueConstraint(fields=("id", "program"), name="reason_identity"),
        ),
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.CheckConstraint(
                condition=models.Q(("active_to__gte", models.F("active_from"))), name="reason_ends_after_start"
            ),
        ),
        migrations.CreateModel(
            name="ReasonFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("advice", models.CharField(choices=[(a, a) for a in Advice], max_length=7)),
                ("percent", models.SmallIntegerField(null=True)),
                ("clawback_mode", models.CharField(max_length=20, null=True)),
                ("letter", models.CharField(blank=True, max_length=500)),
                ("is_default", models.BooleanField(default=False)),
                (
                    "finding",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cells",
                        to="disputes.finding",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.program"
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cells",
                        to="disputes.reason",
                    ),
                ),
            ],
            options={
                "db_table": "disputes_reason_finding",
                "constraints": [
                    models.UniqueConstraint(fields=("reason", "finding"), name="reason_finding_once"),
                    models.CheckConstraint(
                        condition=models.Q(("advice__in", list(Advice))), name="reason_finding_advice"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("advice", Advice.PARTIAL),
                                ("percent__gte", 1),
                                ("percent__isnull", False),
                                ("percent__lte", 99),
                            ),
                            models.Q(models.Q(("advice", Advice.PARTIAL), _negated=True), ("percent__isnull", True)),
                            _connector="OR",
                        ),
                        name="reason_finding_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("clawback_mode__isnull", True),
                            models.Q(("advice__in", [Advice.ACCEPT, Advice.PARTIAL]), ("clawback_mode__in", MODES)),
                            _connector="OR",
                        ),
                        name="reason_finding_clawback",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL(ORDER, migrations.RunSQL.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(PUBLISHED, BEFORE_PUBLISHED),
    ]
