-- Purpose     take marked cohort days, the latest first; those another process works on are left to it
-- Parameters  most int
-- Answer      program_id, day
DELETE FROM insights_dirty_day d
USING (SELECT id FROM insights_dirty_day ORDER BY day DESC, program_id LIMIT %(most)s::int FOR UPDATE SKIP LOCKED) t
WHERE d.id = t.id
RETURNING d.program_id, d.day
