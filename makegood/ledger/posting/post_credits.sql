-- Published part of the ledger: hold -> credit, with adjustment, entry and postings together.
-- Expects  to_credit (dispute_id, charge_id, currency, payout_currency, round, credit_micros, tax_micros,
--          clawback_micros, non_billable, entry_id, receivable_key, revenue_key, tax_key, payable_key, payout_contra_key):
--          locked balances, one row per charge, credit_micros > 0; its accounts exist
-- Parameter  at timestamptz
-- Gives    balances_credited, holds_released, entered, posted, adjusted (id, dispute_id)
-- An account that is missing drops its line, the entry does not sum to zero, and the whole statement is refused.
balances_credited AS (
  UPDATE ledger_charge_balance b
  SET held_micros = b.held_micros - t.credit_micros,
      credited_micros = b.credited_micros + t.credit_micros,
      tax_credited_micros = b.tax_credited_micros + t.tax_micros,
      clawed_micros = b.clawed_micros + t.clawback_micros,
      non_billable_mark = b.non_billable_mark OR t.non_billable
  FROM to_credit t WHERE b.charge_id = t.charge_id
  RETURNING b.charge_id
),
holds_released AS (
  UPDATE ledger_hold h SET held_micros = 0
  FROM to_credit t WHERE h.dispute_id = t.dispute_id
  RETURNING h.dispute_id
),
entered AS (
  INSERT INTO ledger_entry (id, at, kind, origin)
  SELECT entry_id, %(at)s::timestamptz, 'credit', 'dispute:' || dispute_id || ':' || round FROM to_credit
  RETURNING id
),
posted AS (
  INSERT INTO ledger_posting (entry_id, account_id, currency, micros)
  SELECT t.entry_id, a.id, a.currency, l.micros
  FROM to_credit t
  CROSS JOIN LATERAL (VALUES
    (t.revenue_key, t.currency, t.credit_micros),
    (t.tax_key, t.currency, t.tax_micros),
    (t.receivable_key, t.currency, -(t.credit_micros + t.tax_micros)),
    (t.payable_key, t.payout_currency, t.clawback_micros),
    (t.payout_contra_key, t.payout_currency, -t.clawback_micros)
  ) AS l (key, currency, micros)
  JOIN ledger_account a ON a.key = l.key AND a.currency = l.currency
  WHERE l.micros <> 0
  RETURNING id
),
adjusted AS (
  INSERT INTO ledger_adjustment
    (dispute_id, charge_id, currency, payout_currency, round, kind, amount_micros, tax_micros, clawback_micros,
     entry_id, external_ref, idempotency_key, at)
  SELECT dispute_id, charge_id, currency, payout_currency, round, 'credit', -credit_micros, -tax_micros,
         -clawback_micros, entry_id, '', 'credit:' || dispute_id || ':' || round, %(at)s::timestamptz
  FROM to_credit
  RETURNING id, dispute_id
)
