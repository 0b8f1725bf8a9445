-- Purpose     tell once what not to bill: adjustments of items of a program that are still not billed
-- Parameters  program bigint, since timestamptz null (any): of adjustments; those of journal.append_events
-- Answer      batch number, lines (null number: there is nothing to tell)
-- What was billed meanwhile is not told any more: its credit comes with a statement.
WITH told AS MATERIALIZED (
  SELECT d.id AS adjustment_id, d.charge_id, d.at, p.micros,
         c.billed_micros + c.tax_micros
         + (SELECT sum(x.amount_micros + x.tax_micros) FROM ledger_adjustment x
            WHERE x.charge_id = d.charge_id)::bigint AS to_bill_micros
  FROM ledger_account a
  JOIN ledger_posting p ON p.account_id = a.id
  JOIN ledger_adjustment d ON d.entry_id = p.entry_id
  JOIN billing_charge c ON c.id = d.charge_id
  WHERE a.kind = 'ACCRUED' AND c.program_id = %(program)s::bigint AND c.billed_at IS NULL
    AND (%(since)s::timestamptz IS NULL OR d.at >= %(since)s::timestamptz)
    AND NOT EXISTS (SELECT FROM disputes_do_not_bill_line l WHERE l.adjustment_id = d.id)
    AND NOT EXISTS (SELECT FROM disputes_statement_credit_line l WHERE l.adjustment_id = d.id AND l.party = 'customer')
),
batch AS (
  INSERT INTO disputes_do_not_bill_batch (number, program_id, at, by_id)
  SELECT nextval('disputes_do_not_bill_number_seq'), %(program)s::bigint, %(at)s::timestamptz, %(principal)s::bigint
  WHERE EXISTS (SELECT FROM told)
  RETURNING id, number
),
lined AS (
  INSERT INTO disputes_do_not_bill_line (batch_id, adjustment_id, charge_id, micros, to_bill_micros)
  SELECT b.id, t.adjustment_id, t.charge_id, t.micros, t.to_bill_micros
  FROM told t CROSS JOIN batch b
  ORDER BY t.at, t.adjustment_id
  RETURNING id
),
to_journal AS (
  SELECT 'do_not_bill' AS object_kind, b.id AS object_id, %(program)s::bigint AS program_id,
         NULL::bigint AS customer_id, NULL::bigint AS vendor_id, 'export' AS verb, 'do_not_bill.told' AS event,
         jsonb_build_object('number', 'X-' || b.number, 'lines', (SELECT count(*) FROM told)) AS changes
  FROM batch b
),
-- include: journal.append_events
SELECT (SELECT number FROM batch), (SELECT count(*) FROM lined)
