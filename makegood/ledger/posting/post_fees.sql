-- Published part of the ledger: a fee for a reversal, and the tax on it.
-- Expects  to_fee (dispute_id, charge_id, currency, payout_currency, round, reversal_id, fee_micros, tax_micros,
--          entry_id, adjustment_id, receivable_key, fee_key, tax_key): one row per reversal, fee_micros > 0; its
--          accounts exist
-- Parameter  at timestamptz
-- Gives    entered, posted, adjusted (id, dispute_id)
-- An account that is missing drops its line, the entry does not sum to zero, and the whole statement is refused.
entered AS (
  INSERT INTO ledger_entry (id, at, kind, origin)
  SELECT entry_id, %(at)s::timestamptz, 'reversal_fee', 'dispute:' || dispute_id || ':' || round FROM to_fee
  RETURNING id
),
posted AS (
  INSERT INTO ledger_posting (entry_id, account_id, currency, micros)
  SELECT t.entry_id, a.id, a.currency, l.micros
  FROM to_fee t
  CROSS JOIN LATERAL (VALUES
    (t.receivable_key, t.currency, t.fee_micros + t.tax_micros),
    (t.fee_key, t.currency, -t.fee_micros),
    (t.tax_key, t.currency, -t.tax_micros)
  ) AS l (key, currency, micros)
  JOIN ledger_account a ON a.key = l.key AND a.currency = l.currency
  WHERE l.micros <> 0
  RETURNING id
),
adjusted AS (
  INSERT INTO ledger_adjustment
    (id, dispute_id, charge_id, currency, payout_currency, round, kind, amount_micros, tax_micros, clawback_micros,
     parent_id, entry_id, external_ref, idempotency_key, at)
  SELECT adjustment_id, dispute_id, charge_id, currency, payout_currency, round, 'reversal_fee', fee_micros,
         tax_micros, 0, reversal_id, entry_id, '', 'fee:' || reversal_id, %(at)s::timestamptz
  FROM to_fee
  RETURNING id, dispute_id
)
