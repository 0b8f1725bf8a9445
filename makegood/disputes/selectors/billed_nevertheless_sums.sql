-- Purpose     what was billed although a batch told not to: how many items, and what their changes come to
-- Parameters  program bigint
-- Answer      currency, rows (an item once per batch), items, micros (signed as the customer's balance sees them, with tax)
SELECT c.currency, count(*), count(DISTINCT n.charge_id), sum(n.micros)::bigint
FROM (
  -- include: disputes.billed_nevertheless
) n
JOIN billing_charge c ON c.id = n.charge_id
GROUP BY c.currency
ORDER BY c.currency
