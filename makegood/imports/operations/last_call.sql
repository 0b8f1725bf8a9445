-- Purpose     take the staged rows of the call that the last one belongs to out again: more of it may follow
-- Reads       import_stage; writes it too
-- Answer      the rows (n, bad, raw, c0, c1, ..)
DELETE FROM import_stage
WHERE
-- splice: leg_key
  = (SELECT
-- splice: leg_key
     FROM import_stage ORDER BY n DESC LIMIT 1)
  AND
-- splice: leg_key
  <> ''  -- rows without one are calls of their own: none of them waits
RETURNING *
