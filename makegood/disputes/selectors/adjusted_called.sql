-- The vendor's calls of that id or sub id whose payout changed, the latest first.
-- Parameters: vendors bigint[]; text; size int.
-- Columns: charge_id.
SELECT a.charge_id
FROM ledger_adjustment a
JOIN billing_charge c ON c.id = a.charge_id
WHERE c.vendor_id = ANY(%(vendors)s::bigint[])
  AND %(text)s::text IN (c.external_id, c.vendor_ref, c.vendor_sub_id)
GROUP BY a.charge_id
HAVING sum(a.clawback_micros) <> 0
ORDER BY max(a.at) DESC, a.charge_id DESC
LIMIT %(size)s
