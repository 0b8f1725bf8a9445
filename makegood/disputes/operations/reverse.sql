-- Purpose     reverse credits: the exact inverse of each, tax and claw-back included; stage and outcome stay
-- Parameters  dispute_ids bigint[], credit_ids bigint[] (null: the newest that stands), notes text[],
--             versions int[] (null: any); reversible_stages text[]; facts jsonb: further facts for the journal;
--             those of ledger.post_reversals and journal.append_events
-- Answer      ordinal, id, number, code, stage, credit_micros, tax_micros, clawback_micros, currency, payout_currency,
--             adjustment_id, lock_version
WITH items AS MATERIALIZED (
  SELECT u.* FROM unnest(%(dispute_ids)s::bigint[], %(credit_ids)s::bigint[], %(notes)s::text[], %(versions)s::int[])
    WITH ORDINALITY AS u (dispute_id, credit_id, note, version, ordinal)
),
found AS MATERIALIZED (
  SELECT i.ordinal, i.note, d.id AS dispute_id, d.number, d.label, d.charge_id, d.round, d.stage, d.currency,
         d.program_id, d.customer_id, d.submitted_by_id, d.lock_version, c.vendor_id, a.id AS credit_id,
         a.entry_id AS credit_entry_id, a.payout_currency, -a.amount_micros AS credit_micros,
         -a.tax_micros AS tax_micros, -a.clawback_micros AS clawback_micros,
         -- include: disputes.reversal_judgement
  FROM items i
  JOIN disputes_dispute d ON d.id = i.dispute_id
  JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
  JOIN billing_charge c ON c.id = d.charge_id
  -- include: disputes.credit_meant
  ORDER BY d.charge_id, d.id
  FOR UPDATE OF d, b
),
judged AS MATERIALIZED (
  -- Two items may mean one credit: the first has it.
  SELECT f.*, CASE WHEN f.code = '' AND row_number() OVER (PARTITION BY f.credit_id, f.code ORDER BY f.ordinal) > 1
                   THEN 'ALREADY_REVERSED' ELSE f.code END AS verdict
  FROM found f
),
to_reverse AS MATERIALIZED (
  SELECT j.*, nextval('ledger_entry_id_seq') AS entry_id, nextval('ledger_adjustment_id_seq') AS adjustment_id
  FROM (SELECT * FROM judged WHERE verdict = '' ORDER BY ordinal) j
),
touched AS (
  UPDATE disputes_dispute d
  SET lock_version = d.lock_version + 1, modified_at = %(at)s, modified_by_id = %(principal)s
  FROM (SELECT DISTINCT dispute_id FROM to_reverse) t WHERE d.id = t.dispute_id
  RETURNING d.id
),
-- include: ledger.post_reversals
,
to_journal AS (
  SELECT 'dispute' AS object_kind, dispute_id AS object_id, program_id, customer_id, vendor_id, 'reverse' AS verb,
         'dispute.reversed' AS event,
         jsonb_build_object('number', number, 'label', label, 'charge_id', charge_id, 'round', round,
           'adjustment_id', adjustment_id, 'credit_micros', credit_micros, 'tax_micros', tax_micros,
           'clawback_micros', clawback_micros, 'currency', currency, 'payout_currency', payout_currency,
           'submitted_by', submitted_by_id, 'note', note) || %(facts)s::jsonb AS changes
  FROM to_reverse
),
-- include: journal.append_events
SELECT i.ordinal, i.dispute_id, j.label, coalesce(j.verdict, 'NOT_FOUND'), j.stage, j.credit_micros, j.tax_micros,
       j.clawback_micros, j.currency, j.payout_currency, t.adjustment_id, j.lock_version + (j.verdict = '')::int
FROM items i
LEFT JOIN judged j ON j.ordinal = i.ordinal
LEFT JOIN to_reverse t ON t.ordinal = i.ordinal
ORDER BY i.ordinal
