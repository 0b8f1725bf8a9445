-- Calls whose payout changed, the latest change first: what the vendor got before, the net change, what it gets now.
-- Parameters: vendors bigint[]; charge_ids bigint[] or null; before_at timestamptz or null with before_id bigint;
--             size int.
-- Columns: charge_id, at, currency, payout_micros, change_micros (signed), reason_type.
SELECT x.charge_id, x.at, x.payout_currency, c.payout_micros, x.change_micros, coalesce(r.type, '')
FROM (
  SELECT a.charge_id, max(a.at) AS at, max(a.payout_currency) AS payout_currency,
         sum(a.clawback_micros)::bigint AS change_micros, max(a.dispute_id) AS dispute_id
  FROM ledger_adjustment a
  WHERE a.charge_id IN (SELECT v.id FROM billing_charge v WHERE v.vendor_id = ANY(%(vendors)s::bigint[]))
    AND (%(charge_ids)s::bigint[] IS NULL OR a.charge_id = ANY(%(charge_ids)s::bigint[]))
  GROUP BY a.charge_id
  HAVING bool_or(a.clawback_micros <> 0)
) x
JOIN billing_charge c ON c.id = x.charge_id
JOIN disputes_dispute d ON d.id = x.dispute_id
LEFT JOIN disputes_reason r ON r.id = d.reason_id
WHERE %(before_at)s::timestamptz IS NULL OR (x.at, x.charge_id) < (%(before_at)s::timestamptz, %(before_id)s::bigint)
ORDER BY x.at DESC, x.charge_id DESC
LIMIT %(size)s
