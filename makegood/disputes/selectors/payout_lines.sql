-- Purpose     claw-backs of vendors and their reversals, line by line; a call that netted to zero in a month has none
-- Parameters  vendors bigint[]; zone text (whose months count); period text (2026-11) or null for all; charge bigint or
--             null for all; size int or null for all
-- Answer      id, at, period, currency, change_micros, running_micros (of what is asked for, per currency), own id, sub
--             id, charge_id, whether it gives back
SELECT l.id, l.at, l.period, l.currency, l.micros,
       sum(l.micros) OVER (PARTITION BY l.currency ORDER BY l.at, l.id)::bigint, l.own_id, l.sub_id, l.charge_id,
       l.kind = 'reversal'
FROM (
  -- include: disputes.payout_changes
) l
WHERE (l.net <> 0 OR l.charge_id = %(charge)s::bigint)
  AND (%(period)s::text IS NULL OR l.period = %(period)s::text)
  AND (%(charge)s::bigint IS NULL OR l.charge_id = %(charge)s::bigint)
ORDER BY l.currency, l.at, l.id
LIMIT %(size)s::int
