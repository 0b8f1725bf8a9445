-- Purpose     charge fees for reversals, with the tax on them; stage and outcome stay
-- Parameters  dispute_ids bigint[], reversal_ids bigint[] (null: the newest without a fee), micros bigint[],
--             taxes bigint[], largest bigint[], notes text[], versions int[] (null: any); charging_stages text[];
--             those of ledger.post_fees and journal.append_events
-- Answer      ordinal, id, number, code, stage, fee_micros, tax_micros, currency, adjustment_id, lock_version
WITH items AS MATERIALIZED (
  SELECT u.* FROM unnest(%(dispute_ids)s::bigint[], %(reversal_ids)s::bigint[], %(micros)s::bigint[],
                         %(taxes)s::bigint[], %(largest)s::bigint[], %(notes)s::text[], %(versions)s::int[])
    WITH ORDINALITY AS u (dispute_id, reversal_id, fee_micros, tax_micros, largest, note, version, ordinal)
),
found AS MATERIALIZED (
  SELECT i.ordinal, i.fee_micros, i.tax_micros, i.note, d.id AS dispute_id, d.number, d.label, d.charge_id, d.round,
         d.stage, d.currency, d.program_id, d.customer_id, d.submitted_by_id, d.lock_version, a.id AS reversal_id,
         a.payout_currency, 'FEE_INCOME' AS fee_key, c.vendor_id,
         -- include: disputes.fee_judgement
         ,
         -- include: disputes.account_keys
  FROM items i
  JOIN disputes_dispute d ON d.id = i.dispute_id
  JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
  JOIN billing_charge c ON c.id = d.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  -- include: disputes.reversal_meant
  ORDER BY d.charge_id, d.id
  FOR UPDATE OF d, b
),
judged AS MATERIALIZED (
  -- Two items may mean one reversal: the first has it.
  SELECT f.*, CASE WHEN f.code = '' AND row_number() OVER (PARTITION BY f.reversal_id, f.code ORDER BY f.ordinal) > 1
                   THEN 'FEE_ALREADY_APPLIED' ELSE f.code END AS verdict
  FROM found f
),
to_fee AS MATERIALIZED (
  SELECT j.*, nextval('ledger_entry_id_seq') AS entry_id, nextval('ledger_adjustment_id_seq') AS adjustment_id
  FROM (SELECT * FROM judged WHERE verdict = '' ORDER BY ordinal) j
),
touched AS (
  UPDATE disputes_dispute d
  SET lock_version = d.lock_version + 1, modified_at = %(at)s, modified_by_id = %(principal)s
  FROM (SELECT DISTINCT dispute_id FROM to_fee) t WHERE d.id = t.dispute_id
  RETURNING d.id
),
-- include: ledger.post_fees
,
to_journal AS (
  SELECT 'dispute' AS object_kind, dispute_id AS object_id, program_id, customer_id, vendor_id, 'apply_fee' AS verb,
         'dispute.fee_applied' AS event,
         jsonb_build_object('number', number, 'label', label, 'charge_id', charge_id, 'round', round,
           'adjustment_id', adjustment_id, 'fee_micros', fee_micros, 'tax_micros', tax_micros, 'currency', currency,
           'submitted_by', submitted_by_id, 'note', note) AS changes
  FROM to_fee
),
-- include: journal.append_events
SELECT i.ordinal, i.dispute_id, j.label, coalesce(j.verdict, 'NOT_FOUND'), j.stage, j.fee_micros, j.tax_micros,
       j.currency, t.adjustment_id, j.lock_version + (j.verdict = '')::int
FROM items i
LEFT JOIN judged j ON j.ordinal = i.ordinal
LEFT JOIN to_fee t ON t.ordinal = i.ordinal
ORDER BY i.ordinal
