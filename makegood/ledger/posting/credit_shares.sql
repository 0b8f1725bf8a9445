-- Published part of the ledger: tax and claw-back that go with a credit. Reads only.
-- Expects  to_share (dispute_id, currency, payout_currency, credit_micros, is_whole, clawback_mode, clawback_typed,
--          billed_micros, credited_micros, balance_tax_micros, tax_credited_micros, payout_micros, clawed_micros);
--          is_whole: all that was asked is granted; clawback_typed: what a person put in place of the rule, or null
-- Gives    shares: the same columns, and tax_micros, clawback_micros
-- Cumulative floor at micro grain (Allocation A): a fully credited charge returns exactly its tax and its payout.
-- Two currencies are never compared, so "capped at the credit" takes nothing back between them.
shares AS MATERIALIZED (
  SELECT s.*,
         CASE WHEN s.credit_micros = 0 THEN 0 ELSE
           greatest(0, div(s.balance_tax_micros::numeric * (s.credited_micros + s.credit_micros), s.billed_micros)
                       - s.tax_credited_micros)::bigint END AS tax_micros,
         CASE
           WHEN s.credit_micros = 0 THEN 0
           WHEN s.clawback_typed IS NOT NULL THEN s.clawback_typed
           WHEN s.clawback_mode = 'full_on_accept' AND s.is_whole THEN s.payout_micros - s.clawed_micros
           WHEN s.clawback_mode IN ('proportional', 'full_on_accept') THEN
             greatest(0, div(s.payout_micros::numeric * (s.credited_micros + s.credit_micros), s.billed_micros)
                         - s.clawed_micros)::bigint
           WHEN s.clawback_mode = 'capped_at_credit' AND s.currency = s.payout_currency THEN
             least(s.payout_micros - s.clawed_micros, s.credit_micros)
           ELSE 0
         END AS clawback_micros
  FROM to_share s
)
