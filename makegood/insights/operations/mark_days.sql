-- Purpose     mark the cohort days that journal events touch
-- Parameters  events bigint[]: rows of the journal
-- Answer      none
WITH seen AS (
  SELECT event, object_kind, object_id, program_id, changes FROM journal_event WHERE id = ANY(%(events)s::bigint[])
),
-- include: insights.touched_days
INSERT INTO insights_dirty_day (program_id, day)
SELECT program_id, day FROM touched ORDER BY program_id, day
ON CONFLICT (program_id, day) DO NOTHING
