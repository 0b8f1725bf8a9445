-- What is credited of some charges. Charges that were never disputed have no row.
-- Parameters: ids bigint[]. Columns: charge_id, credited_micros, held_micros, clawed_micros.
SELECT b.charge_id, b.credited_micros, b.held_micros, b.clawed_micros
FROM ledger_charge_balance b
WHERE b.charge_id = ANY(%(ids)s::bigint[])
