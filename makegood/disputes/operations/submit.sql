-- Purpose     file disputes on charges of one program, each by itself or all as the lines of one submission; drafts
--             become pending
-- Parameters  charge_ids bigint[], asked bigint[] (null: what is left), least bigint (0 where reports without money
--             are taken, else 1), reason_ids bigint[], reason_codes text[], types text[], resolution_ids bigint[],
--             descriptions text[], causes text[] (written cause of an override), files int[], attached text[] (JSON of
--             {mime, bytes} each), public_ids text[],
--             draft_ids bigint[] (null: none); block_mask bigint, override_mask bigint, may_override bool;
--             hints jsonb ({bit, rule} of every rule that suggests something), hint_mask bigint, grant_mask bigint;
--             together bool, submission_public_id text, note text, invoice_id bigint; policy_version_id bigint,
--             policy text, origin text; the policy's own; journal.append_events
-- Splices     limits: disputes.limits_of_batch, or disputes.no_limits where no rule counts; exhibits: disputes.link_files,
--             or nothing where no claim has files of its own
-- Answer      ordinal, id, label, customer_id, amount_micros, currency, remaining_micros, fail_mask, missing_mask,
--             facts (null when filed for a person to decide), counters, first_of_charge
WITH items AS MATERIALIZED (
  SELECT u.ordinal, u.charge_id, u.asked_micros, u.reason_id, u.reason_code, u.type, u.resolution_id, u.description,
         u.cause, u.files, u.attached, u.public_id, u.draft_id
  FROM unnest(%(charge_ids)s::bigint[], %(asked)s::bigint[], %(reason_ids)s::bigint[], %(reason_codes)s::text[],
              %(types)s::text[], %(resolution_ids)s::bigint[], %(descriptions)s::text[], %(causes)s::text[],
              %(files)s::int[], %(attached)s::text[], %(public_ids)s::text[], %(draft_ids)s::bigint[])
       WITH ORDINALITY
       AS u (charge_id, asked_micros, reason_id, reason_code, type, resolution_id, description, cause, files,
             attached, public_id, draft_id, ordinal)
),
uniq AS MATERIALIZED (
  SELECT DISTINCT ON (i.charge_id) i.ordinal, i.charge_id, i.asked_micros, i.reason_id, i.reason_code, i.type,
         i.resolution_id, i.description, i.cause, i.files, i.attached::jsonb AS attached, i.public_id, i.draft_id,
         %(origin)s::text AS origin, 1::bigint AS rank, 1::bigint AS rank_of_user, 1::bigint AS rank_of_vendor,
         NULL::bigint AS running_micros
  FROM items i ORDER BY i.charge_id, i.ordinal
),
judged AS MATERIALIZED (
  SELECT i.*, c.program_id, c.customer_id, c.vendor_id, c.currency, c.billed_micros, c.tax_micros, c.payout_micros,
         c.payout_currency,
         c.billed_micros - coalesce(b.credited_micros, 0) AS remaining_micros,
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
  -- splice: joins
  ORDER BY c.id
),
weighed AS MATERIALIZED (
  -- A bare boolean below keeps the planner from taking what passes for one row and joining it row by row.
  SELECT j.*, coalesce(j.asked_micros, j.remaining_micros) AS amount_micros,
         j.fail_mask & %(block_mask)s::bigint = 0
         AND (j.fail_mask & %(override_mask)s::bigint = 0 OR (%(may_override)s AND j.cause <> ''))
         AND coalesce(j.asked_micros, j.remaining_micros) BETWEEN %(least)s::bigint AND j.remaining_micros AS passes
  FROM judged j
),
-- splice: limits
,
ready AS MATERIALIZED (
  SELECT l.*,
         jsonb_build_object('policy', %(policy)s::text, 'at', %(at)s::timestamptz, 'fail_mask', l.fail_mask,
                            'missing_mask', l.missing_mask, 'facts', l.facts, 'templates', 1) AS verdict,
         CASE WHEN l.fail_mask & %(hint_mask)s::bigint <> 0 THEN
           (SELECT jsonb_build_object('policy', %(policy)s::text, 'rules', jsonb_agg(h.hint -> 'rule' ORDER BY h.place))
            FROM jsonb_array_elements(%(hints)s::jsonb) WITH ORDINALITY AS h (hint, place)
            WHERE l.fail_mask & (h.hint ->> 'bit')::bigint <> 0) END AS suggestion
  FROM limited l WHERE l.fits
),
to_open AS (
  SELECT charge_id, currency, billed_micros, tax_micros, payout_micros, payout_currency FROM ready
),
-- include: ledger.open_balances
,
sure AS MATERIALIZED (
  -- Asked again of the balance as it stands under the lock. Both verbs below read this, so the locks come first and in
  -- key order: two batches in other orders cannot deadlock.
  SELECT r.*, CASE WHEN %(together)s THEN row_number() OVER (ORDER BY r.ordinal) ELSE 0 END AS line
  FROM ready r JOIN opened o ON o.charge_id = r.charge_id
  WHERE r.amount_micros <= o.billed_micros - o.held_micros - o.credited_micros
),
envelope AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('disputes_submission', 'id')) AS id, nextval('disputes_number_seq') AS number
  WHERE %(together)s AND EXISTS (SELECT FROM sure)
),
drafted AS (
  UPDATE disputes_dispute d
  SET stage = 'pending', number = coalesce(e.number, d.number), line = r.line, submission_id = e.id,
      amount_micros = r.amount_micros, reason_id = r.reason_id, type = r.type, resolution_id = r.resolution_id,
      description = r.description, origin = %(origin)s, policy_version_id = %(policy_version_id)s, verdict = r.verdict,
      suggestion = r.suggestion, override_cause = r.cause, submitted_at = %(at)s, submitted_by_id = %(principal)s,
      modified_at = %(at)s, modified_by_id = %(principal)s, lock_version = d.lock_version + 1
  FROM sure r LEFT JOIN envelope e ON true
  WHERE d.id = r.draft_id AND d.stage = 'draft' AND d.charge_id = r.charge_id AND d.created_by_id = %(principal)s
    AND NOT EXISTS (SELECT FROM disputes_dispute o
                    WHERE o.charge_id = r.charge_id AND o.closed_at IS NULL AND o.stage NOT IN ('draft', 'withdrawn'))
  RETURNING d.id, d.number, d.label, d.charge_id, d.currency, d.amount_micros, d.reason_id, d.program_id, d.customer_id
),
inserted AS (
  INSERT INTO disputes_dispute
    (number, line, submission_id, public_id, program_id, charge_id, customer_id, currency, amount_micros, reason_id,
     type, resolution_id, description, origin, stage, round, decision_note, buyer_explanation, finding_ids,
     policy_version_id, verdict, suggestion, override_cause, lock_version, created_at, created_by_id, submitted_at,
     submitted_by_id, modified_at, modified_by_id)
  SELECT coalesce(e.number, nextval('disputes_number_seq')), r.line, e.id, r.public_id, r.program_id, r.charge_id,
         r.customer_id, r.currency, r.amount_micros, r.reason_id, r.type, r.resolution_id, r.description, %(origin)s,
         'pending', 1, '', '', '{}', %(policy_version_id)s, r.verdict, r.suggestion, r.cause, 1, %(at)s,
         %(principal)s, %(at)s, %(principal)s, %(at)s, %(principal)s
  FROM sure r LEFT JOIN envelope e ON true
  WHERE r.draft_id IS NULL
  ORDER BY r.ordinal
  ON CONFLICT (charge_id) WHERE closed_at IS NULL AND NOT (stage IN ('draft', 'withdrawn')) DO NOTHING
  RETURNING id, number, label, charge_id, currency, amount_micros, reason_id, program_id, customer_id
),
filed AS MATERIALIZED (
  SELECT * FROM drafted UNION ALL SELECT * FROM inserted
),
-- splice: exhibits
enveloped AS (
  INSERT INTO disputes_submission
    (id, number, public_id, program_id, customer_id, invoice_id, currency, total_micros, origin, note, created_at,
     created_by_id)
  SELECT e.id, e.number, %(submission_public_id)s, f.program_id, f.customer_id, %(invoice_id)s::bigint, f.currency,
         sum(f.amount_micros), %(origin)s, %(note)s, %(at)s, %(principal)s
  FROM filed f CROSS JOIN envelope e
  GROUP BY e.id, e.number, f.program_id, f.customer_id, f.currency
  RETURNING id
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
SELECT i.ordinal, f.id, f.label, j.customer_id, f.amount_micros, j.currency, j.remaining_micros,
       coalesce(l.fail_mask, j.fail_mask), coalesce(l.missing_mask, j.missing_mask),
       CASE WHEN f.id IS NULL OR l.fail_mask & %(grant_mask)s::bigint <> 0 THEN coalesce(l.facts, j.facts) END,
       l.counters, u.ordinal IS NOT NULL AS first_of_charge
FROM items i
LEFT JOIN uniq u ON u.ordinal = i.ordinal
LEFT JOIN judged j ON j.ordinal = i.ordinal
LEFT JOIN limited l ON l.ordinal = i.ordinal
LEFT JOIN filed f ON f.charge_id = u.charge_id
ORDER BY i.ordinal
