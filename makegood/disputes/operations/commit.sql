-- Purpose     commit decisions whose undo window ended: credit, tax part, claw-back, postings
-- Parameters  skipped bigint[], batch_size int; verb text, event text: what the journal calls it; may_close bool: whether
--             the program's auto_close counts; resolutions jsonb: dispute id -> {id, code} of the label it gets, empty
--             for none; those of ledger.post_credits, journal.append_events
-- Splices     pick: disputes.pick_due for whatever is due, disputes.pick_named for some disputes
-- Answer      id, number, outcome, credit_micros, tax_micros, clawback_micros, currency, payout_currency, stage
-- Disputes are picked, not decisions, and locked rows are left to whoever holds them.
WITH picked AS MATERIALIZED (
  -- splice: pick
),
due AS MATERIALIZED (
  SELECT d.id AS dispute_id, d.number, d.label, d.charge_id, d.round, d.outcome, d.decided_micros AS credit_micros,
         d.outcome = 'accepted' AS is_whole, d.decided_clawback_micros AS clawback_typed, d.currency,
         d.program_id, d.customer_id, d.reason_id, d.submitted_by_id,
         b.billed_micros, b.credited_micros, b.tax_micros AS balance_tax_micros, b.tax_credited_micros,
         b.payout_micros, b.payout_currency, b.clawed_micros
  FROM picked p
  JOIN disputes_dispute d ON d.id = p.id
  JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
  -- Asked again under the lock, and so that only the key can serve: the index of what is due, often believed to be
  -- empty, would be walked once per row.
  WHERE d.stage || '' = 'decided' AND d.commit_after <= %(at)s
  ORDER BY d.charge_id, d.id
  FOR UPDATE OF d, b SKIP LOCKED
),
to_share AS (
  SELECT z.*, c.vendor_id,
         CASE WHEN c.vendor_id IS NULL THEN 'none'
              ELSE coalesce(r.clawback_mode, v.clawback_mode, p.settings ->> 'clawback', 'none') END AS clawback_mode,
         coalesce((p.settings ->> 'auto_close')::bool, false) AND %(may_close)s AS auto_close,
         coalesce(r.implies_non_billable, false) AS non_billable,
         -- include: disputes.account_keys
  FROM due z
  JOIN billing_charge c ON c.id = z.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  JOIN parties_program p ON p.id = z.program_id
  LEFT JOIN disputes_reason r ON r.id = z.reason_id
  LEFT JOIN parties_vendor v ON v.id = c.vendor_id
),
-- include: ledger.credit_shares
,
ready AS MATERIALIZED (
  SELECT s.*, CASE WHEN credit_micros > 0 THEN nextval('ledger_entry_id_seq') END AS entry_id
  FROM shares s
),
committed AS (
  UPDATE disputes_dispute d
  SET stage = CASE WHEN s.auto_close THEN 'closed' ELSE 'resolved' END,
      closed_at = CASE WHEN s.auto_close THEN %(at)s::timestamptz END,
      resolution_id = coalesce((%(resolutions)s::jsonb #>> ARRAY[d.id::text, 'id'])::bigint, d.resolution_id),
      assignee_id = NULL, claimed_until = NULL, lock_version = d.lock_version + 1, modified_at = %(at)s,
      modified_by_id = d.decided_by_id
  FROM ready s WHERE d.id = s.dispute_id
  RETURNING d.id, d.stage
),
settled AS (
  UPDATE disputes_decision x SET state = 'committed'
  FROM ready s WHERE x.dispute_id = s.dispute_id AND x.round = s.round AND x.state = 'held'
  RETURNING x.id
),
to_credit AS (
  SELECT * FROM ready WHERE entry_id IS NOT NULL
),
-- include: ledger.post_credits
,
to_journal AS (
  SELECT 'dispute' AS object_kind, dispute_id AS object_id, program_id, customer_id, vendor_id, %(verb)s::text AS verb,
         %(event)s::text AS event,
         jsonb_build_object('number', number, 'label', label, 'charge_id', charge_id, 'round', round, 'outcome', outcome,
           'credit_micros', credit_micros, 'tax_micros', tax_micros, 'clawback_micros', clawback_micros,
           'currency', currency, 'payout_currency', payout_currency, 'submitted_by', submitted_by_id,
           'stage', CASE WHEN auto_close THEN 'closed' ELSE 'resolved' END)
           || CASE WHEN %(resolutions)s::jsonb ? dispute_id::text
                   THEN jsonb_build_object('resolution', %(resolutions)s::jsonb #>> ARRAY[dispute_id::text, 'code'])
                   ELSE '{}' END AS changes
  FROM ready
),
-- include: journal.append_events
SELECT dispute_id, label, outcome, credit_micros, tax_micros, clawback_micros, currency, payout_currency,
       CASE WHEN auto_close THEN 'closed' ELSE 'resolved' END
FROM ready
ORDER BY dispute_id
