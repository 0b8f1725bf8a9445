-- Purpose     usage counters by name: made where missing, and locked until the transaction ends, in key order
-- Parameters  program_id bigint, customer_ids bigint[] (null: across customers), keys text[], period_starts timestamptz[]
-- Answer      customer_id, key, period_start, used, used_micros, of every counter
INSERT INTO disputes_usage_counter AS u (program_id, customer_id, key, period_start, used, used_micros, overrides)
SELECT DISTINCT %(program_id)s::bigint, t.customer_id, t.key, t.period_start, 0, 0, 0
FROM unnest(%(customer_ids)s::bigint[], %(keys)s::text[], %(period_starts)s::timestamptz[])
  AS t (customer_id, key, period_start)
ORDER BY t.key, t.customer_id, t.period_start
ON CONFLICT (program_id, customer_id, key, period_start) DO UPDATE SET used = u.used
RETURNING u.customer_id, u.key, u.period_start, u.used, u.used_micros
