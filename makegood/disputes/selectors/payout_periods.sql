-- Purpose     the months in which payouts changed, and what each comes to per currency, the latest first
-- Parameters  vendors bigint[]; zone text
-- Answer      period, currency, calls, taken_micros (below zero), given_back_micros
SELECT l.period, l.currency, count(DISTINCT l.charge_id), coalesce(sum(l.micros) FILTER (WHERE l.kind <> 'reversal'), 0)::bigint,
       coalesce(sum(l.micros) FILTER (WHERE l.kind = 'reversal'), 0)::bigint
FROM (
  -- include: disputes.payout_changes
) l
WHERE l.net <> 0
GROUP BY l.period, l.currency
ORDER BY l.period DESC, l.currency
