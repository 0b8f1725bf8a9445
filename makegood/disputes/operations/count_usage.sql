-- Purpose     count what was let through in counters that are locked; a limit that would be passed is the law
-- Parameters  program_id bigint; customer_ids bigint[] (null: across customers), keys text[],
--             period_starts timestamptz[], counts bigint[], micros bigint[], overrides bigint[] (let through above the
--             limit), most bigint[], most_micros bigint[] (null: no limit)
-- Answer      how many counters were raised; fewer than were given when one would pass its limit
WITH told AS (
  SELECT * FROM unnest(%(customer_ids)s::bigint[], %(keys)s::text[], %(period_starts)s::timestamptz[],
                       %(counts)s::bigint[], %(micros)s::bigint[], %(overrides)s::bigint[], %(most)s::bigint[],
                       %(most_micros)s::bigint[])
    AS t (customer_id, key, period_start, n, micros, overrides, most, most_micros)
),
counted AS (
  UPDATE disputes_usage_counter u
  SET used = u.used + t.n, used_micros = u.used_micros + t.micros, overrides = u.overrides + t.overrides
  FROM told t
  WHERE u.program_id = %(program_id)s AND u.customer_id IS NOT DISTINCT FROM t.customer_id AND u.key = t.key
    AND u.period_start = t.period_start
    AND (t.n = 0 OR t.most IS NULL OR u.used + t.n <= t.most)
    AND (t.micros = 0 OR t.most_micros IS NULL OR u.used_micros + t.micros <= t.most_micros)
  RETURNING u.id
)
SELECT count(*) FROM counted
