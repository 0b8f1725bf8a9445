-- Published part of the ledger: the exact inverse of credits, figure by figure and posting by posting.
-- Expects  to_reverse (dispute_id, charge_id, currency, payout_currency, round, credit_id, credit_entry_id,
--          credit_micros, tax_micros, clawback_micros, entry_id, adjustment_id): locked balances; one row per credit,
--          a charge may have several; figures as the credit's, above zero
-- Parameter  at timestamptz
-- Gives    balances_reversed, entered, posted, adjusted (id, dispute_id)
-- Nothing is computed again: what the credit had posted is posted with the signs turned.
balances_reversed AS (
  UPDATE ledger_charge_balance b
  SET credited_micros = b.credited_micros - t.credit_micros,
      tax_credited_micros = b.tax_credited_micros - t.tax_micros,
      clawed_micros = b.clawed_micros - t.clawback_micros,
      non_billable_mark = b.non_billable_mark AND b.credited_micros > t.credit_micros
  FROM (SELECT charge_id, sum(credit_micros) AS credit_micros, sum(tax_micros) AS tax_micros,
               sum(clawback_micros) AS clawback_micros
        FROM to_reverse GROUP BY charge_id) t
  WHERE b.charge_id = t.charge_id
  RETURNING b.charge_id
),
entered AS (
  INSERT INTO ledger_entry (id, at, kind, origin)
  SELECT entry_id, %(at)s::timestamptz, 'reversal', 'dispute:' || dispute_id || ':' || round FROM to_reverse
  RETURNING id
),
posted AS (
  INSERT INTO ledger_posting (entry_id, account_id, currency, micros)
  SELECT t.entry_id, p.account_id, p.currency, -p.micros
  FROM to_reverse t
  JOIN ledger_posting p ON p.entry_id = t.credit_entry_id
  RETURNING id
),
adjusted AS (
  INSERT INTO ledger_adjustment
    (id, dispute_id, charge_id, currency, payout_currency, round, kind, amount_micros, tax_micros, clawback_micros,
     parent_id, entry_id, external_ref, idempotency_key, at)
  SELECT adjustment_id, dispute_id, charge_id, currency, payout_currency, round, 'reversal', credit_micros, tax_micros,
         clawback_micros, credit_id, entry_id, '', 'reversal:' || credit_id, %(at)s::timestamptz
  FROM to_reverse
  RETURNING id, dispute_id
)
