-- Purpose     what is on statements, line by line
-- Parameters  ids bigint[] of statements in scope
-- Answer      number, dispute label, kind, at, external_source, external_id, invoice_number, currency, net_micros,
--             tax_micros, micros (of the statement's party)
SELECT s.number, d.label, a.kind, a.at, c.external_source, c.external_id, c.invoice_number, s.currency,
       CASE WHEN s.party = 'customer' THEN a.amount_micros ELSE a.clawback_micros END,
       CASE WHEN s.party = 'customer' THEN a.tax_micros ELSE 0 END, l.micros
FROM disputes_statement_credit s
JOIN disputes_statement_credit_line l ON l.statement_id = s.id
JOIN ledger_adjustment a ON a.id = l.adjustment_id
JOIN disputes_dispute d ON d.id = a.dispute_id
JOIN billing_charge c ON c.id = a.charge_id
WHERE s.id = ANY(%(ids)s::bigint[])
ORDER BY s.number, a.at, d.number, d.line, l.adjustment_id
