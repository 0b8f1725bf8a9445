-- Purpose     disputes and their balances, locked in the order of the hot verbs, for a grant of the system
-- Parameters  ids bigint[]
-- Answer      id, label, stage, program_id, customer_id, currency, amount_micros
SELECT d.id, d.label, d.stage, d.program_id, d.customer_id, d.currency, d.amount_micros
FROM disputes_dispute d
JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
WHERE d.id = ANY(%(ids)s::bigint[])
ORDER BY d.charge_id, d.id
FOR UPDATE OF d, b
