-- Purpose     write what events did to clocks that are there already
-- Parameters  ids bigint[] and, one element per clock: target_at, breach_at, paused_at timestamptz[], paused_s bigint[],
--             stopped_by bigint[], stopped_at timestamptz[], outcome text[], warned_at, breached_at timestamptz[]
-- Answer      none
UPDATE disputes_sla_clock k
SET target_at = u.target_at, breach_at = u.breach_at, paused_at = u.paused_at, paused_s = u.paused_s,
    stopped_by = u.stopped_by, stopped_at = u.stopped_at, outcome = u.outcome, warned_at = u.warned_at,
    breached_at = u.breached_at
FROM unnest(%(ids)s::bigint[], %(target_at)s::timestamptz[], %(breach_at)s::timestamptz[],
            %(paused_at)s::timestamptz[], %(paused_s)s::bigint[], %(stopped_by)s::bigint[],
            %(stopped_at)s::timestamptz[], %(outcome)s::text[], %(warned_at)s::timestamptz[],
            %(breached_at)s::timestamptz[])
     AS u (id, target_at, breach_at, paused_at, paused_s, stopped_by, stopped_at, outcome, warned_at, breached_at)
WHERE k.id = u.id
