-- Purpose     of the staged rows that are one call, keep the one that stands for it
-- Reads       import_stage; writes it too
-- Answer      none; how many rows were left out is the statement's row count
DELETE FROM import_stage s
USING (
  SELECT n, row_number() OVER (PARTITION BY
-- splice: leg_key
    ORDER BY
-- splice: leg_order
    , n) AS rank
  FROM import_stage
  WHERE
-- splice: leg_key
    <> ''
) r
WHERE r.n = s.n AND r.rank > 1
