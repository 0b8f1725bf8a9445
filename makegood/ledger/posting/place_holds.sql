-- Published part of the ledger: keep money aside during the undo window.
-- Expects  to_hold (dispute_id, charge_id, micros): locked balances, one row per charge, micros > 0
-- Gives    held, balances_held
held AS (
  UPDATE ledger_hold h SET held_micros = t.micros
  FROM to_hold t WHERE h.dispute_id = t.dispute_id
  RETURNING h.dispute_id
),
balances_held AS (
  UPDATE ledger_charge_balance b SET held_micros = b.held_micros + t.micros
  FROM to_hold t WHERE b.charge_id = t.charge_id
  RETURNING b.charge_id
)
