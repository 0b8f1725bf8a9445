-- Purpose     what the billing system of a program was told, item by item and batch by batch
-- Parameters  program bigint; batches bigint[] null (all), by number; billed boolean: only what was billed after all
--             and is on no statement, of items of which a credit is left over
-- Answer      batch, external_source, external_id, usage_id, customer number, disputes, currency, micros (change),
--             to_bill_micros, full_micros, at
SELECT 'X-' || b.number, c.external_source, c.external_id, c.usage_id, cu.number,
       string_agg(DISTINCT d.label, ', ' ORDER BY d.label), c.currency, sum(l.micros)::bigint,
       min(l.to_bill_micros), c.billed_micros + c.tax_micros, max(a.at)
FROM disputes_do_not_bill_batch b
JOIN disputes_do_not_bill_line l ON l.batch_id = b.id
JOIN ledger_adjustment a ON a.id = l.adjustment_id
JOIN disputes_dispute d ON d.id = a.dispute_id
JOIN billing_charge c ON c.id = l.charge_id
JOIN parties_customer cu ON cu.id = d.customer_id
WHERE b.program_id = %(program)s::bigint
  AND (%(batches)s::bigint[] IS NULL OR b.number = ANY(%(batches)s::bigint[]))
  AND (NOT %(billed)s OR (c.billed_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM disputes_statement_credit_line s WHERE s.adjustment_id = a.id AND s.party = 'customer')
    AND l.charge_id IN (
      SELECT x.charge_id FROM disputes_do_not_bill_line x
      WHERE NOT EXISTS (SELECT FROM disputes_statement_credit_line s
                        WHERE s.adjustment_id = x.adjustment_id AND s.party = 'customer')
      GROUP BY x.charge_id HAVING sum(x.micros) < 0)))
GROUP BY b.number, c.id, cu.number
ORDER BY b.number, min(l.id)
