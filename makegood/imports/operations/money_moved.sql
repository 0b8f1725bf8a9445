-- Purpose     whether money of a dispute stands on one of these charges, or waits to be committed
-- Parameters  charges bigint[]
-- Answer      one boolean
SELECT EXISTS (
  SELECT FROM ledger_charge_balance b
  WHERE b.charge_id = ANY(%(charges)s::bigint[])
    AND (b.held_micros <> 0 OR b.credited_micros <> 0 OR b.tax_credited_micros <> 0 OR b.clawed_micros <> 0)
)
