-- Purpose     those of some disputes that somebody sees
-- Parameters  ids bigint[]; those of view_parameters
-- Answer      id
SELECT d.id
FROM disputes_dispute d
JOIN billing_charge c ON c.id = d.charge_id
JOIN parties_customer cu ON cu.id = d.customer_id
WHERE d.id = ANY(%(ids)s::bigint[])
  AND
  -- include: disputes.in_view
