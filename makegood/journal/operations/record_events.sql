-- Purpose     write journal rows for changes made through the ORM
-- Parameters  events jsonb: array of {object_kind, object_id, program_id, customer_id, vendor_id, verb, event, changes};
--             the parameters of journal.append_events
-- Answer      how many rows were written
WITH to_journal AS (
  SELECT * FROM jsonb_to_recordset(%(events)s::jsonb)
    AS e(object_kind text, object_id bigint, program_id bigint, customer_id bigint, vendor_id bigint,
         verb text, event text, changes jsonb)
),
-- include: journal.append_events
SELECT count(*) FROM journaled
