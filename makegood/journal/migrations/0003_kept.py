"""The journal is never emptied."""

from django.db import migrations

KEPT = """
CREATE FUNCTION journal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = 'journal_kept';
END $$;
CREATE TRIGGER journal_kept BEFORE TRUNCATE ON journal_event FOR EACH STATEMENT EXECUTE FUNCTION journal_kept();
"""
NOT_KEPT = """
DROP TRIGGER journal_kept ON journal_event;
DROP FUNCTION journal_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_laws")]
    operations = [migrations.RunSQL(KEPT, NOT_KEPT)]
