-- Purpose     count what digests tell of: the subjects whose items do not cancel out
-- Parameters  digests bigint[]
-- Answer      none
WITH net AS (
  SELECT digest_id, subject_id
  FROM notifications_digest_item
  WHERE digest_id = ANY(%(digests)s::bigint[])
  GROUP BY digest_id, subject_id, currency
  HAVING sum(delta) <> 0
), counted AS (
  SELECT digest_id, count(DISTINCT subject_id) AS subjects FROM net GROUP BY digest_id
)
UPDATE notifications_digest d
SET count = coalesce(c.subjects, 0)
FROM unnest(%(digests)s::bigint[]) AS t(id)
LEFT JOIN counted c ON c.digest_id = t.id
WHERE d.id = t.id
