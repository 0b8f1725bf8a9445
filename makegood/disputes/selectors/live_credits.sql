-- What the ledger says of some disputes: the credit that stands now, its tax and claw-back, a reversal, a fee, and
-- whether the charge counts as not billable whatever the amount.
-- Parameters: ids bigint[].
-- Columns: dispute_id, credit_micros (>= 0), tax_micros (>= 0), clawback_micros (>= 0), reversed, fee, non_billable.
SELECT a.dispute_id,
       coalesce(-sum(a.amount_micros) FILTER (WHERE a.kind <> 'reversal_fee'), 0)::bigint AS credit_micros,
       coalesce(-sum(a.tax_micros) FILTER (WHERE a.kind <> 'reversal_fee'), 0)::bigint AS tax_micros,
       -sum(a.clawback_micros)::bigint AS clawback_micros,
       bool_or(a.kind = 'reversal') AS reversed,
       bool_or(a.kind = 'reversal_fee') AS fee,
       bool_or(b.non_billable_mark) AS non_billable
FROM ledger_adjustment a
JOIN ledger_charge_balance b ON b.charge_id = a.charge_id
WHERE a.dispute_id = ANY(%(ids)s::bigint[])
GROUP BY a.dispute_id
