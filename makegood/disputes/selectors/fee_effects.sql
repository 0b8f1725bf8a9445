-- Purpose     what a fee for the newest reversal without one would do; judged as apply_fee judges
-- Parameters  dispute_id bigint, micros bigint, largest bigint, version int (null: any); charging_stages text[]
-- Answer      code, stage, label, payout_currency
SELECT f.code, d.stage, d.label, b.payout_currency
FROM (SELECT %(dispute_id)s::bigint AS dispute_id, NULL::bigint AS reversal_id, %(micros)s::bigint AS fee_micros,
             %(largest)s::bigint AS largest, %(version)s::int AS version) i
JOIN disputes_dispute d ON d.id = i.dispute_id
JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
-- include: disputes.reversal_meant
CROSS JOIN LATERAL (
  SELECT
  -- include: disputes.fee_judgement
) f
