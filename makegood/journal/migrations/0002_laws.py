"""The journal is append-only, and has one epoch row."""

from django.db import migrations

LAWS = """
CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
    USING ERRCODE = '23514', CONSTRAINT = 'journal_append_only';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal_event
  FOR EACH ROW EXECUTE FUNCTION journal_append_only();
INSERT INTO journal_epoch (singleton, epoch, system_identifier)
  SELECT true, 1, system_identifier FROM pg_control_system();
"""
UNDO = """
DROP TRIGGER journal_append_only ON journal_event;
DROP FUNCTION journal_append_only();
DELETE FROM journal_epoch;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(LAWS, UNDO)]
