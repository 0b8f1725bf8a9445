-- Published part of the ledger: tax and claw-back that go with a credit. Reads only.
-- Expects  to_share (dispute_id, credit_micros, clawback_mode, billed_micros, credited_micros, balance_tax_micros,
--          tax_credited_micros, payout_micros, clawed_micros)
-- Gives    shares: the same columns, and tax_micros, clawback_micros
-- Cumulative floor at micro grain (Allocation A): a fully credited charge returns exactly its tax and its payout.
shares AS MATERIALIZED (
  SELECT s.*,
         CASE WHEN s.credit_micros = 0 THEN 0 ELSE
           greatest(0, div(s.balance_tax_micros::numeric * (s.credited_micros + s.credit_micros), s.billed_micros)
                       - s.tax_credited_micros)::bigint END AS tax_micros,
         CASE WHEN s.credit_micros = 0 OR s.clawback_mode <> 'proportional' THEN 0 ELSE
           greatest(0, div(s.payout_micros::numeric * (s.credited_micros + s.credit_micros), s.billed_micros)
                       - s.clawed_micros)::bigint END AS clawback_micros
  FROM to_share s
)
