-- Purpose     what reversing the newest credit of some disputes would do; judged as reverse judges
-- Parameters  dispute_ids bigint[], versions int[] (null: any); reversible_stages text[]
-- Answer      dispute_id, code, stage, label, credit_micros, tax_micros, clawback_micros (as the credit gave them), payout_currency
SELECT d.id, f.code, d.stage, d.label, coalesce(-a.amount_micros, 0), coalesce(-a.tax_micros, 0),
       coalesce(-a.clawback_micros, 0), coalesce(a.payout_currency, b.payout_currency)
FROM unnest(%(dispute_ids)s::bigint[], %(versions)s::int[]) WITH ORDINALITY AS u (dispute_id, version, ordinal)
CROSS JOIN LATERAL (SELECT u.*, NULL::bigint AS credit_id) i
JOIN disputes_dispute d ON d.id = i.dispute_id
JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
-- include: disputes.credit_meant
CROSS JOIN LATERAL (
  SELECT
  -- include: disputes.reversal_judgement
) f
ORDER BY u.ordinal
