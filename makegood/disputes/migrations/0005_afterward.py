"""What happens to a dispute after its decision: typed claw-backs, further rounds, resolutions of the same program."""

from django.db import migrations, models
from django.db.models import Q

CLOSED = """
CREATE OR REPLACE FUNCTION disputes_dispute_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE reopening text[] := ARRAY['stage', 'outcome', 'round', 'closed_at', 'withdrawn_at', 'decided_micros',
  'decided_by_id', 'decided_at', 'decision_note', 'buyer_explanation', 'finding_ids', 'commit_after', 'assignee_id',
  'claimed_until', 'lock_version', 'modified_at', 'modified_by_id', 'hold_key', 'resolution_id', 'round_origin',
  'info_missing', 'suggestion', 'label'%s];
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.stage = 'pending' AND NEW.closed_at IS NULL
     AND to_jsonb(OLD) - reopening = to_jsonb(NEW) - reopening THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'dispute %% is closed', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'dispute_closed';
END $$;
"""
RESOLUTION = """
ALTER TABLE disputes_dispute
  DROP CONSTRAINT dispute_resolution_fk,
  ADD CONSTRAINT dispute_resolution_fk FOREIGN KEY (resolution_id, program_id)
    REFERENCES disputes_resolution (id, program_id);
"""
ANY_RESOLUTION = """
ALTER TABLE disputes_dispute
  DROP CONSTRAINT dispute_resolution_fk,
  ADD CONSTRAINT dispute_resolution_fk FOREIGN KEY (resolution_id) REFERENCES disputes_resolution (id);
"""
KEPT = """
CREATE FUNCTION disputes_decision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = 'decision_kept';
END $$;
CREATE TRIGGER decision_kept BEFORE TRUNCATE ON disputes_decision
  FOR EACH STATEMENT EXECUTE FUNCTION disputes_decision_kept();
"""
NOT_KEPT = """
DROP TRIGGER decision_kept ON disputes_decision;
DROP FUNCTION disputes_decision_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("disputes", "0004_wider_cases")]
    operations = [
        migrations.AddField("dispute", "decided_clawback_micros", models.BigIntegerField(null=True)),
        migrations.AddField("decision", "clawback_micros", models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            "dispute",
            models.CheckConstraint(
                condition=Q(("round__lte", 1), ("round_origin", "filed"))
                | Q(("round__gt", 1), Q(("round_origin", "filed"), _negated=True)),
                name="dispute_round_has_origin",
            ),
        ),
        migrations.AddConstraint(
            "dispute",
            models.CheckConstraint(
                condition=Q(("decided_clawback_micros__isnull", True))
                | Q(("decided_clawback_micros__gte", 0), ("outcome__isnull", False)),
                name="dispute_clawback_is_decided",
            ),
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=Q(("clawback_micros__isnull", True)) | Q(("clawback_micros__gte", 0)),
                name="decision_clawback_not_negative",
            ),
        ),
        migrations.AddConstraint(
            "resolution", models.UniqueConstraint(fields=("id", "program"), name="resolution_identity")
        ),
        migrations.RunSQL(RESOLUTION, ANY_RESOLUTION),
        migrations.RunSQL(CLOSED % ", 'decided_clawback_micros'", CLOSED % ""),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
