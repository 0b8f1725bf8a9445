-- Purpose     write what became of rows of a bulk plan
-- Parameters  plan_id bigint; ordinals int[], states text[], codes text[], messages text[], versions int[] (null: stays)
-- Answer      how many
WITH answered AS (
  UPDATE disputes_bulk_plan_row r
  SET state = u.state, code = u.code, message = u.message, result_version = coalesce(u.version, r.result_version)
  FROM unnest(%(ordinals)s::int[], %(states)s::text[], %(codes)s::text[], %(messages)s::text[], %(versions)s::int[])
    AS u (ordinal, state, code, message, version)
  WHERE r.plan_id = %(plan_id)s::bigint AND r.ordinal = u.ordinal
  RETURNING r.ordinal
)
SELECT count(*) FROM answered
