-- Published part of the ledger: a guard row per charge, locked, in key order.
-- Expects  to_open (charge_id, currency, billed_micros, tax_micros, payout_micros, payout_currency), one row per charge
-- Gives    opened (charge_id, billed_micros, held_micros, credited_micros): as they stand, whether new or old
-- The no-op update locks a row that exists; DO NOTHING would go on beside whoever is changing it.
opened AS (
  INSERT INTO ledger_charge_balance AS b
    (charge_id, currency, billed_micros, held_micros, credited_micros, tax_micros, tax_credited_micros,
     payout_currency, payout_micros, clawed_micros, non_billable_mark)
  SELECT charge_id, currency, billed_micros, 0, 0, tax_micros, 0, payout_currency, payout_micros, 0, false
  FROM to_open ORDER BY charge_id
  ON CONFLICT (charge_id) DO UPDATE SET billed_micros = b.billed_micros
  RETURNING b.charge_id, b.billed_micros, b.held_micros, b.credited_micros
)
