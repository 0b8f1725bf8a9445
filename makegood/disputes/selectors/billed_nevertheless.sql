-- Published part of disputes: what the billing system was told not to bill and billed after all, that is on no
-- statement, of items of which a credit is left over; a row per batch and item.
-- Expects parameters program bigint
-- Gives number (of the batch), charge_id, line (the first of the item there), micros (change), to_bill_micros
SELECT b.number, l.charge_id, min(l.id) AS line, sum(l.micros)::bigint AS micros, min(l.to_bill_micros) AS to_bill_micros
FROM disputes_do_not_bill_batch b
JOIN disputes_do_not_bill_line l ON l.batch_id = b.id
JOIN billing_charge t ON t.id = l.charge_id
WHERE b.program_id = %(program)s::bigint
  AND t.billed_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM disputes_statement_credit_line s WHERE s.adjustment_id = l.adjustment_id AND s.party = 'customer')
  AND (SELECT sum(x.micros) FROM disputes_do_not_bill_line x
       WHERE x.charge_id = l.charge_id
         AND NOT EXISTS (SELECT FROM disputes_statement_credit_line s
                         WHERE s.adjustment_id = x.adjustment_id AND s.party = 'customer')) < 0
GROUP BY b.number, l.charge_id
