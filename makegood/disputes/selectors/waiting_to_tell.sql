-- Purpose     what the billing system would be told not to bill now: how many changes, and what they come to
-- Parameters  program bigint, since timestamptz null (any)
-- Answer      currency, changes, items, micros (signed as the customer's balance sees them, with tax)
SELECT t.currency, count(*), count(DISTINCT t.charge_id), sum(t.micros)::bigint
FROM (
  -- include: disputes.not_told_yet
) AS t
GROUP BY t.currency
ORDER BY t.currency
