-- Published part of disputes: those of a list that are due.
-- Expects     nothing
-- Parameters  ids bigint[], label text (null: any; else the batch that they were decided in), skipped bigint[],
--             batch_size int, at timestamptz
-- Gives       id
  -- The stage is asked in a form that only the key can serve: the index of what is due may be long.
  SELECT d.id FROM disputes_dispute d
  WHERE d.id = ANY(%(ids)s::bigint[]) AND d.stage || '' = 'decided' AND d.commit_after <= %(at)s::timestamptz
    AND NOT d.id = ANY(%(skipped)s::bigint[])
    AND (%(label)s::text IS NULL
         OR EXISTS (SELECT FROM disputes_decision x
                    WHERE x.dispute_id = d.id AND x.round = d.round AND x.state = 'held' AND x.batch = %(label)s::text))
  ORDER BY d.commit_after, d.id
  LIMIT %(batch_size)s::int
