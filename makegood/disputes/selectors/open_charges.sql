-- Purpose     those of some charges of one program that can be disputed now
-- Parameters  charge_ids bigint[]; barring_mask bigint (bits of rules that keep a buyer from filing); the policy's own
-- Answer      charge id
SELECT c.id
FROM unnest(%(charge_ids)s::bigint[]) AS u (charge_id)
JOIN billing_charge c ON c.id = u.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
-- include: disputes.no_claim
-- splice: joins
WHERE (
        -- splice: fail_mask
      ) & %(barring_mask)s::bigint = 0
  AND NOT EXISTS (SELECT FROM billing_charge n WHERE n.corrects_id = c.id)
