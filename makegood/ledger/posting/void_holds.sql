-- Published part of the ledger: give back what a decision kept aside. No posting.
-- Expects  to_void (dispute_id, charge_id, micros): locked balances, one row per charge, micros > 0
-- Gives    voided, balances_voided
voided AS (
  UPDATE ledger_hold h SET held_micros = 0
  FROM to_void t WHERE h.dispute_id = t.dispute_id
  RETURNING h.dispute_id
),
balances_voided AS (
  UPDATE ledger_charge_balance b SET held_micros = b.held_micros - t.micros
  FROM to_void t WHERE b.charge_id = t.charge_id
  RETURNING b.charge_id
)
