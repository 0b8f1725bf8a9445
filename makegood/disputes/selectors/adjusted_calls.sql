-- Purpose     calls whose payout differs from what it was, the latest change first; what netted to zero is none
-- Parameters  vendors bigint[]; charge_ids bigint[] or null; since, until timestamptz or null (of the latest change);
--             sub_id text or null; campaign bigint or null; sought text or null (own call id or sub id, from its
--             beginning); before_at timestamptz or null with before_id bigint; size int
-- Answer      charge_id, at, currency, payout_micros, change_micros (signed), reason_type, own id, sub id, whether
--             something was given back, campaign's name, customer's name (to withhold a campaign named after it)
SELECT x.charge_id, x.at, x.payout_currency, c.payout_micros, x.change_micros, coalesce(r.type, ''),
       coalesce(nullif(c.vendor_ref, ''), c.external_id), c.vendor_sub_id, x.given_back, coalesce(p.name, ''), cu.name
FROM (
  SELECT a.charge_id, max(a.at) AS at, max(a.payout_currency) AS payout_currency,
         sum(a.clawback_micros)::bigint AS change_micros, max(a.dispute_id) AS dispute_id,
         bool_or(a.kind = 'reversal') AS given_back
  FROM ledger_adjustment a
  WHERE a.charge_id IN (SELECT v.id FROM billing_charge v WHERE v.vendor_id = ANY(%(vendors)s::bigint[]))
    AND (%(charge_ids)s::bigint[] IS NULL OR a.charge_id = ANY(%(charge_ids)s::bigint[]))
  GROUP BY a.charge_id
  HAVING sum(a.clawback_micros) <> 0
) x
JOIN billing_charge c ON c.id = x.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
JOIN disputes_dispute d ON d.id = x.dispute_id
LEFT JOIN disputes_reason r ON r.id = d.reason_id
LEFT JOIN billing_campaign p ON p.id = c.campaign_id
WHERE (%(since)s::timestamptz IS NULL OR x.at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR x.at < %(until)s::timestamptz)
  AND (%(sub_id)s::text IS NULL OR c.vendor_sub_id = %(sub_id)s::text)
  AND (%(campaign)s::bigint IS NULL OR c.campaign_id = %(campaign)s::bigint)
  AND (%(sought)s::text IS NULL OR starts_with(coalesce(nullif(c.vendor_ref, ''), c.external_id), %(sought)s::text)
       OR c.vendor_sub_id = %(sought)s::text)
  AND (%(before_at)s::timestamptz IS NULL OR (x.at, x.charge_id) < (%(before_at)s::timestamptz, %(before_id)s::bigint))
ORDER BY x.at DESC, x.charge_id DESC
LIMIT %(size)s
