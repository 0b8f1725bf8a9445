  -- Published part of disputes: credits, reversals and fees of items that are still not billed and were never told.
  -- Expects parameters program bigint, since timestamptz null (any)
  -- Gives adjustment_id, charge_id, at, micros (change, with tax), to_bill_micros, currency, customer_id
  SELECT d.id AS adjustment_id, d.charge_id, d.at, p.micros, c.currency, c.customer_id,
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
