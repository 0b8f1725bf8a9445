-- Published part of disputes: whatever is due, the longest first.
-- Expects     nothing
-- Parameters  skipped bigint[], batch_size int, at timestamptz
-- Gives       id
  SELECT id FROM disputes_dispute
  WHERE stage = 'decided' AND commit_after <= %(at)s::timestamptz AND NOT id = ANY(%(skipped)s::bigint[])
  ORDER BY commit_after, id
  LIMIT %(batch_size)s::int
