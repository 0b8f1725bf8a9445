-- Purpose     what decisions would do to buyer, vendor and margin; judged as decide judges, shared as commit shares
-- Parameters  dispute_ids bigint[], kinds text[], micros bigint[], clawbacks bigint[], may_parts bool[], versions int[];
--             those of decision_judgement
-- Answer      ordinal, dispute_id, number, code, stage, currency, payout_currency, amount_micros, remaining_micros,
--             billed_micros, credited_micros, payout_micros, clawed_micros, credit_micros, tax_micros, clawback_micros,
--             customer, vendor, reason
WITH items AS MATERIALIZED (
  SELECT u.*
  FROM unnest(%(dispute_ids)s::bigint[], %(kinds)s::text[], %(micros)s::bigint[], %(clawbacks)s::bigint[],
              %(may_parts)s::bool[], %(versions)s::int[])
    WITH ORDINALITY AS u (dispute_id, kind, micros, clawback_micros, may_part, version, ordinal)
),
judged AS MATERIALIZED (
  SELECT u.ordinal, d.id AS dispute_id, d.label, d.stage, d.currency, d.amount_micros, d.charge_id, d.program_id,
         d.reason_id, b.billed_micros, b.held_micros, b.credited_micros, b.tax_micros AS balance_tax_micros,
         b.tax_credited_micros, b.payout_micros, b.payout_currency, b.clawed_micros,
         b.billed_micros - b.held_micros - b.credited_micros AS remaining_micros, u.clawback_micros AS clawback_typed,
         c.vendor_id,
         -- include: disputes.decision_judgement
  FROM items u
  JOIN disputes_dispute d ON d.id = u.dispute_id
  JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
  JOIN billing_charge c ON c.id = d.charge_id
  -- include: disputes.decision_amount
),
to_share AS (
  SELECT j.*, CASE WHEN j.code = '' THEN j.decided_micros ELSE 0 END AS credit_micros, cu.name AS customer_name,
         v.name AS vendor_name, r.label AS reason_label, j.kind = 'accept' AS is_whole,
         CASE WHEN j.vendor_id IS NULL THEN 'none'
              ELSE coalesce(r.clawback_mode, v.clawback_mode, p.settings ->> 'clawback', 'none') END AS clawback_mode
  FROM judged j
  JOIN billing_charge c ON c.id = j.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  JOIN parties_program p ON p.id = j.program_id
  LEFT JOIN parties_vendor v ON v.id = j.vendor_id
  LEFT JOIN disputes_reason r ON r.id = j.reason_id
),
-- include: ledger.credit_shares
SELECT s.ordinal, s.dispute_id, s.label, s.code, s.stage, s.currency, s.payout_currency, s.amount_micros,
       s.remaining_micros, s.billed_micros, s.credited_micros, s.payout_micros, s.clawed_micros, s.credit_micros,
       s.tax_micros, s.clawback_micros, s.customer_name,
       coalesce(s.vendor_name, ''), coalesce(s.reason_label, '')
FROM shares s
ORDER BY s.ordinal
