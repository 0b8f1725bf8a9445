-- Purpose     what the billing system of a program was told not to bill in one batch, item by item
-- Parameters  program bigint; batch bigint, its number
-- Answer      batch, external_source, external_id, usage_id, customer number, disputes, currency, micros (change),
--             to_bill_micros, full_micros, at, line
SELECT 'X-' || b.number, c.external_source, c.external_id, c.usage_id, cu.number,
       string_agg(DISTINCT d.label, ', ' ORDER BY d.label), c.currency, sum(l.micros)::bigint,
       min(l.to_bill_micros), c.billed_micros + c.tax_micros, max(a.at), min(l.id)
FROM disputes_do_not_bill_batch b
JOIN disputes_do_not_bill_line l ON l.batch_id = b.id
JOIN ledger_adjustment a ON a.id = l.adjustment_id
JOIN disputes_dispute d ON d.id = a.dispute_id
JOIN billing_charge c ON c.id = l.charge_id
JOIN parties_customer cu ON cu.id = d.customer_id
WHERE b.program_id = %(program)s::bigint AND b.number = %(batch)s::bigint
GROUP BY b.number, c.id, cu.number
ORDER BY min(l.id)
