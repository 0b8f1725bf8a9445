-- Purpose     write statement credits with their lines, and the entry of what was rounded or moved
-- Parameters  up_to date; one element per statement: parties text[], customer_ids bigint[], vendor_ids bigint[],
--             account_keys text[], currencies text[], sequences int[], previous_ids bigint[], periods bigint[],
--             sums bigint[], carried bigint[], settled bigint[], remainders bigint[], grains int[], posts boolean[]
--             (whether there is an entry); one per line: line_of int[] (1-based statement), line_adjustments bigint[],
--             line_micros bigint[]; one per posting: post_of int[], post_keys text[], post_micros bigint[];
--             those of ledger.post_settlements and journal.append_events
-- Answer      ordinal, id, number
WITH wanted AS MATERIALIZED (
  SELECT u.*, nextval('disputes_statement_credit_id_seq') AS id, nextval('disputes_statement_number_seq') AS number,
         CASE WHEN u.posts THEN nextval('ledger_entry_id_seq') END AS entry_id
  FROM unnest(%(parties)s::text[], %(customer_ids)s::bigint[], %(vendor_ids)s::bigint[], %(account_keys)s::text[],
              %(currencies)s::text[], %(sequences)s::int[], %(previous_ids)s::bigint[], %(periods)s::bigint[],
              %(sums)s::bigint[], %(carried)s::bigint[], %(settled)s::bigint[], %(remainders)s::bigint[],
              %(grains)s::int[], %(posts)s::boolean[])
       WITH ORDINALITY AS u (party, customer_id, vendor_id, account_key, currency, sequence, previous_id, period,
                             sum_micros, carried_micros, settled_micros, remainder_micros, grain_micros, posts, ordinal)
),
written AS (
  INSERT INTO disputes_statement_credit
    (id, number, party, customer_id, vendor_id, account_key, currency, sequence, previous_id, up_to, bill_period_id,
     sum_micros, carried_micros, settled_micros, remainder_micros, grain_micros, entry_id, at, by_id, external_ref)
  SELECT id, number, party, customer_id, vendor_id, account_key, currency, sequence, previous_id, %(up_to)s::date,
         period, sum_micros, carried_micros, settled_micros, remainder_micros, grain_micros, entry_id,
         %(at)s::timestamptz, %(principal)s::bigint, ''
  FROM wanted ORDER BY ordinal
  RETURNING id
),
lined AS (
  INSERT INTO disputes_statement_credit_line (statement_id, party, adjustment_id, micros)
  SELECT w.id, w.party, l.adjustment_id, l.micros
  FROM unnest(%(line_of)s::int[], %(line_adjustments)s::bigint[], %(line_micros)s::bigint[])
       AS l (ordinal, adjustment_id, micros)
  JOIN wanted w ON w.ordinal = l.ordinal
  RETURNING id
),
to_settle AS (
  SELECT entry_id, 'statement:' || number AS origin FROM wanted WHERE entry_id IS NOT NULL
),
to_settle_lines AS (
  SELECT w.entry_id, p.key, w.currency, p.micros
  FROM unnest(%(post_of)s::int[], %(post_keys)s::text[], %(post_micros)s::bigint[]) AS p (ordinal, key, micros)
  JOIN wanted w ON w.ordinal = p.ordinal
),
-- include: ledger.post_settlements
,
to_journal AS (
  SELECT 'statement' AS object_kind, id AS object_id, NULL::bigint AS program_id, customer_id, vendor_id,
         'close' AS verb, 'statement.closed' AS event,
         jsonb_build_object('number', 'S-' || number, 'account', account_key, 'currency', currency,
           'up_to', %(up_to)s::date, 'sum_micros', sum_micros, 'carried_micros', carried_micros,
           'settled_micros', settled_micros, 'remainder_micros', remainder_micros) AS changes
  FROM wanted
),
-- include: journal.append_events
SELECT ordinal, id, number FROM wanted ORDER BY ordinal
