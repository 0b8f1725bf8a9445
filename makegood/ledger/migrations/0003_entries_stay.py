"""The postings of an entry come in one statement, and history is never emptied."""

from django.db import migrations

WHOLE = """
-- The count is asked entry by entry, by the index: a session keeps the plan it made while the table was small.
CREATE FUNCTION ledger_entry_is_whole() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE broken bigint;
BEGIN
  SELECT n.entry_id INTO broken
  FROM (SELECT entry_id, count(*) AS lines FROM new_rows GROUP BY entry_id) n
  WHERE (SELECT count(*) FROM ledger_posting p WHERE p.entry_id = n.entry_id) <> n.lines LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % was posted before', broken
      USING ERRCODE = '23514', CONSTRAINT = 'ledger_entry_is_whole';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_is_whole AFTER INSERT ON ledger_posting
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_is_whole();
"""
NOT_WHOLE = """
DROP TRIGGER ledger_entry_is_whole ON ledger_posting;
DROP FUNCTION ledger_entry_is_whole();
"""
KEPT = """
CREATE FUNCTION ledger_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = 'ledger_kept';
END $$;
CREATE TRIGGER ledger_kept BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_kept BEFORE TRUNCATE ON ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER ledger_kept BEFORE TRUNCATE ON ledger_adjustment FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept();
"""
NOT_KEPT = """
DROP TRIGGER ledger_kept ON ledger_adjustment;
DROP TRIGGER ledger_kept ON ledger_posting;
DROP TRIGGER ledger_kept ON ledger_entry;
DROP FUNCTION ledger_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_laws")]
    operations = [migrations.RunSQL(WHOLE, NOT_WHOLE), migrations.RunSQL(KEPT, NOT_KEPT)]
