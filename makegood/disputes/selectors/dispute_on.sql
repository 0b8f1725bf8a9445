-- Purpose     find a filed dispute by its number, to act on it
-- Parameters  those of disputes.dispute_named
-- Answer      id, label, lock_version, stage, currency, amount_micros, remaining_micros, program_id
SELECT d.id, d.label, d.lock_version, d.stage, d.currency, d.amount_micros,
       c.billed_micros - coalesce(b.held_micros + b.credited_micros, 0), d.program_id
FROM disputes_dispute d
JOIN billing_charge c ON c.id = d.charge_id
JOIN parties_customer cu ON cu.id = d.customer_id
LEFT JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
WHERE d.stage <> 'draft'
  AND
  -- include: disputes.dispute_named
