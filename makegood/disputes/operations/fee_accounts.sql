-- Purpose     the accounts that a fee will move, so that they can be opened beforehand
-- Parameters  ids bigint[]
-- Answer      key, currency
SELECT DISTINCT k.key, s.currency
FROM (
  SELECT c.currency,
         -- include: disputes.account_keys
  FROM disputes_dispute d
  JOIN billing_charge c ON c.id = d.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  WHERE d.id = ANY(%(ids)s::bigint[])
) s
CROSS JOIN LATERAL (VALUES (s.receivable_key), (s.tax_key), ('FEE_INCOME')) AS k (key)
