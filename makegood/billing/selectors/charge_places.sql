-- Purpose     charges by their ids where the scope allows them: whose they are, and what is left of them
-- Parameters  ids bigint[]; those of parties.owned_in_scope
-- Answer      id, customer_id, currency, remaining_micros (billed less credited)
SELECT c.id, c.customer_id, c.currency, c.billed_micros - coalesce(b.credited_micros, 0)
FROM billing_charge c
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
WHERE c.id = ANY(%(ids)s::bigint[])
  AND
  -- include: parties.owned_in_scope
