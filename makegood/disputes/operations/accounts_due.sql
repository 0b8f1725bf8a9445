-- Purpose     the accounts that committing due decisions will move, so that they can be opened beforehand
-- Parameters  ids bigint[] (null: whatever is due), at timestamptz, batch_size int
-- Answer      key, currency
SELECT DISTINCT k.key, k.currency
FROM (
  SELECT c.currency, c.payout_currency, c.tax_micros, c.payout_micros,
         -- include: disputes.account_keys
  FROM disputes_dispute d
  JOIN billing_charge c ON c.id = d.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  WHERE d.stage = 'decided' AND d.commit_after <= %(at)s AND d.decided_micros > 0
    AND (%(ids)s::bigint[] IS NULL OR d.id = ANY(%(ids)s::bigint[]))
  ORDER BY d.commit_after, d.id -- as commit picks them, with room for rows that somebody else holds
  LIMIT 4 * %(batch_size)s
) s
  -- include: disputes.moved_accounts
WHERE k.key IS NOT NULL
