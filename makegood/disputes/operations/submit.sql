-- Purpose     file disputes on charges of one program; drafts become pending
-- Parameters  charge_ids bigint[], asked bigint[] (null: what is left), reason_ids bigint[], reason_codes text[],
--             descriptions text[], causes text[] (written cause of an override), files int[], public_ids text[],
--             draft_ids bigint[] (null: none); block_mask bigint, override_mask bigint, may_override bool;
--             policy_version_id bigint, policy text, origin text; the policy's own; journal.append_events
-- Answer      ordinal, id, label, amount_micros, currency, remaining_micros, fail_mask, missing_mask, facts, first_of_charge
WITH items AS MATERIALIZED (
  SELECT u.ordinal, u.charge_id, u.asked_micros, u.reason_id, u.reason_code, u.description, u.cause, u.files,
         u.public_id, u.draft_id
  FROM unnest(%(charge_ids)s::bigint[], %(asked)s::bigint[], %(reason_ids)s::bigint[], %(reason_codes)s::text[],
              %(descriptions)s::text[], %(causes)s::text[], %(files)s::int[], %(public_ids)s::text[],
              %(draft_ids)s::bigint[])
       WITH ORDINALITY
       AS u (charge_id, asked_micros, reason_id, reason_code, description, cause, files, public_id, draft_id, ordinal)
),
uniq AS MATERIALIZED (
  SELECT DISTINCT ON (charge_id) * FROM items ORDER BY charge_id, ordinal
),
judged AS MATERIALIZED (
  SELECT i.*, c.program_id, c.customer_id, c.vendor_id, c.currency, c.billed_micros, c.tax_micros, c.payout_micros,
         c.payout_currency,
         c.billed_micros - coalesce(b.held_micros, 0) - coalesce(b.credited_micros, 0) AS remaining_micros,
         (
           -- splice: fail_mask
         ) AS fail_mask,
         (
           -- splice: missing_mask
         ) AS missing_mask,
         (
           -- splice: facts
         ) AS facts
  FROM uniq i
  JOIN billing_charge c ON c.id = i.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
  ORDER BY c.id
),
weighed AS MATERIALIZED (
  -- A bare boolean below keeps the planner from taking what passes for one row and joining it row by row.
  SELECT j.*, coalesce(j.asked_micros, j.remaining_micros) AS amount_micros,
         j.fail_mask & %(block_mask)s::bigint = 0
         AND (j.fail_mask & %(override_mask)s::bigint = 0 OR (%(may_override)s AND j.cause <> ''))
         AND coalesce(j.asked_micros, j.remaining_micros) BETWEEN 1 AND j.remaining_micros AS passes,
         jsonb_build_object('policy', %(policy)s::text, 'at', %(at)s::timestamptz, 'fail_mask', j.fail_mask,
                            'missing_mask', j.missing_mask, 'facts', j.facts, 'templates', 1) AS verdict
  FROM judged j
),
ready AS MATERIALIZED (
  SELECT * FROM weighed WHERE passes
),
to_open AS (
  SELECT charge_id, currency, billed_micros, tax_micros, payout_micros, payout_currency FROM ready
),
-- include: ledger.open_balances
,
sure AS MATERIALIZED (
  -- Asked again of the balance as it stands under the lock. Both verbs below read this, so the locks come first and in
  -- key order: two batches in other orders cannot deadlock.
  SELECT r.* FROM ready r JOIN opened o ON o.charge_id = r.charge_id
  WHERE r.amount_micros <= o.billed_micros - o.held_micros - o.credited_micros
),
drafted AS (
  UPDATE disputes_dispute d
  SET stage = 'pending', amount_micros = r.amount_micros, reason_id = r.reason_id, description = r.description,
      origin = %(origin)s, policy_version_id = %(policy_version_id)s, verdict = r.verdict, override_cause = r.cause,
      submitted_at = %(at)s, submitted_by_id = %(principal)s, modified_at = %(at)s, modified_by_id = %(principal)s,
      lock_version = d.lock_version + 1
  FROM sure r
  WHERE d.id = r.draft_id AND d.stage = 'draft' AND d.charge_id = r.charge_id AND d.created_by_id = %(principal)s
    AND NOT EXISTS (SELECT FROM disputes_dispute o
                    WHERE o.charge_id = r.charge_id AND o.closed_at IS NULL AND o.stage NOT IN ('draft', 'withdrawn'))
  RETURNING d.id, d.number, d.label, d.charge_id, d.currency, d.amount_micros, d.reason_id, d.program_id, d.customer_id
),
inserted AS (
  INSERT INTO disputes_dispute
    (number, public_id, program_id, charge_id, customer_id, currency, amount_micros, reason_id, description, origin,
     stage, round, decision_note, buyer_explanation, finding_ids, policy_version_id, verdict, override_cause,
     lock_version, created_at, created_by_id, submitted_at, submitted_by_id, modified_at, modified_by_id)
  SELECT nextval('disputes_number_seq'), public_id, program_id, charge_id, customer_id, currency, amount_micros,
         reason_id, description, %(origin)s, 'pending', 1, '', '', '{}', %(policy_version_id)s, verdict, cause,
         1, %(at)s, %(principal)s, %(at)s, %(principal)s, %(at)s, %(principal)s
  FROM sure
  WHERE draft_id IS NULL
  ORDER BY ordinal
  ON CONFLICT (charge_id) WHERE closed_at IS NULL AND NOT (stage IN ('draft', 'withdrawn')) DO NOTHING
  RETURNING id, number, label, charge_id, currency, amount_micros, reason_id, program_id, customer_id
),
filed AS MATERIALIZED (
  SELECT * FROM drafted UNION ALL SELECT * FROM inserted
),
to_guard AS (
  SELECT id AS dispute_id, charge_id, currency FROM filed
),
-- include: ledger.open_holds
,
to_journal AS (
  SELECT 'dispute' AS object_kind, f.id AS object_id, f.program_id, f.customer_id, c.vendor_id, 'submit' AS verb,
         'dispute.submitted' AS event,
         jsonb_build_object('number', f.number, 'label', f.label, 'charge_id', f.charge_id, 'origin', %(origin)s::text,
                            'amount_micros', f.amount_micros, 'currency', f.currency, 'reason', r.code) AS changes
  FROM filed f
  JOIN billing_charge c ON c.id = f.charge_id
  LEFT JOIN disputes_reason r ON r.id = f.reason_id
),
-- include: journal.append_events
SELECT i.ordinal, f.id, f.label, f.amount_micros, j.currency, j.remaining_micros, j.fail_mask, j.missing_mask, j.facts,
       u.ordinal IS NOT NULL AS first_of_charge
FROM items i
LEFT JOIN uniq u ON u.ordinal = i.ordinal
LEFT JOIN judged j ON j.ordinal = i.ordinal
LEFT JOIN filed f ON f.charge_id = u.charge_id
ORDER BY i.ordinal
