-- Published part of the ledger: an empty hold per filed dispute.
-- Expects  to_guard (dispute_id, charge_id, currency)
-- Gives    guarded (dispute_id)
guarded AS (
  INSERT INTO ledger_hold (dispute_id, charge_id, currency, held_micros)
  SELECT dispute_id, charge_id, currency, 0 FROM to_guard
  ON CONFLICT (dispute_id) DO NOTHING
  RETURNING dispute_id
)
