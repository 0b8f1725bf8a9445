-- Purpose     by what a vendor's adjusted calls can be narrowed: pairs of sub id and campaign
-- Parameters  vendors bigint[]; size int
-- Answer      sub id, campaign id (null: none), campaign's name, program id, whether it is named after the customer
SELECT DISTINCT c.vendor_sub_id, p.id, p.name, c.program_id, position(lower(cu.name) IN lower(p.name)) > 0
FROM (
  SELECT a.charge_id
  FROM ledger_adjustment a
  WHERE a.charge_id IN (SELECT v.id FROM billing_charge v WHERE v.vendor_id = ANY(%(vendors)s::bigint[]))
  GROUP BY a.charge_id
  HAVING sum(a.clawback_micros) <> 0
) x
JOIN billing_charge c ON c.id = x.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN billing_campaign p ON p.id = c.campaign_id
ORDER BY c.vendor_sub_id, p.name
LIMIT %(size)s
