-- Purpose     judge the staged rows of one chunk, bill the good ones, answer for all
-- Parameters  batch bigint; program bigint; external_source text; zone text null (for times without offset);
--             currency text null (for rows without); no_customer text null (number for rows without buyer);
--             headers text[] (names of the staged columns); currencies text[]; withheld text[]; phones jsonb
--             (text -> E.164 or null); largest numeric; create_parties boolean; is_final boolean (false: when the
--             statement needs parties or phones, answer these instead of rejected rows, and roll back); answer_keys
--             boolean; answer_known boolean; url_tells boolean (an answered call without recording address was not
--             recorded); at_end boolean (billed with its invoice or when the call ends); tells_price boolean
--             (false: a row without an amount says nothing about what was billed); leads_wait boolean (a lead that is
--             not billed yet keeps the amount that it will be billed at); words of the mapping (word_0, ..)
-- Reads       import_stage (n, bad, raw, c0, c1, ..), import_seen (key), import_child (as import_stage; formats whose
--             calls have rows of their own for their parts): temporary tables of this session
-- Answer      rows (kind, n, faults text[], detail jsonb, fields text[]): one 'summary', then 'reject', 'missing'
--             (parties), 'phone'
WITH texts AS (
  SELECT s.n, s.bad,
-- splice: texts
  FROM import_stage s
-- splice: child
  OFFSET 0  -- computes each text once; without it the planner repeats the expressions wherever they are used
), vals AS (
  SELECT t.*,
-- splice: vals
  FROM texts t
  OFFSET 0
), placed AS (
  SELECT v.*,
-- splice: locals
    , coalesce(v.source, %(external_source)s::text) AS external_source,
    coalesce(v.customer, %(no_customer)s::text) AS customer_number,
    coalesce(v.currency, %(currency)s::text) AS row_currency,
    coalesce(v.payout_currency, v.currency, %(currency)s::text) AS row_payout_currency,
-- splice: billed
      AS is_billed,
-- splice: rated_s
  FROM vals v
  OFFSET 0
), joined AS (
  SELECT p.*,
    coalesce(p.occurred_at_abs, p.occurred_at_local AT TIME ZONE %(zone)s::text) AS occurred_at,
    coalesce(p.received_at_abs, p.received_at_local AT TIME ZONE %(zone)s::text) AS received_at,
    coalesce(p.billed_at_abs, p.billed_at_local AT TIME ZONE %(zone)s::text) AS billed_at,
    coalesce(p.ended_at_abs, p.ended_at_local AT TIME ZONE %(zone)s::text) AS ended_at,
-- splice: rated
    ,
-- splice: billed_with
    ,
    cu.id AS customer_id, cu.zone_id, cu.currency AS customer_currency,
    ve.id AS vendor_id, ve.currency AS vendor_currency, ca.id AS campaign_id, cg.id AS own_category_id,
    coalesce(cg.id, ca.category_id) AS category_id
  FROM placed p
  LEFT JOIN parties_customer cu ON cu.number = p.customer_number
  LEFT JOIN parties_vendor ve ON ve.number = p.vendor
  LEFT JOIN billing_campaign ca ON ca.program_id = %(program)s::bigint AND ca.number = p.campaign
  LEFT JOIN billing_category cg ON cg.code = p.category
-- splice: bills
  OFFSET 0
), faulted AS (
  SELECT j.*, CASE WHEN j.bad IS NOT NULL OR j.external_id IS NULL OR length(j.external_id) > 200
      OR j.x_occurred_at IS NULL OR j.row_currency IS NULL OR j.customer_id IS NULL
      OR j.customer_currency <> j.row_currency
      OR (j.vendor IS NOT NULL AND j.vendor_id IS NULL) OR (j.payout > 0 AND j.vendor_currency <> j.row_payout_currency)
      OR (j.campaign IS NOT NULL AND j.campaign_id IS NULL) OR (j.category IS NOT NULL AND j.own_category_id IS NULL)
      OR
-- splice: suspect
    THEN array_remove(ARRAY[
      j.bad,
      CASE WHEN j.external_id IS NULL THEN 'NO_ID:external_id'
           WHEN length(j.external_id) > 200 THEN 'TOO_LONG:external_id' END,
      CASE WHEN j.x_occurred_at IS NULL THEN 'NO_TIME:occurred_at' END,
-- splice: faults
      ,
      CASE WHEN j.row_currency IS NULL AND j.x_currency IS NULL THEN 'NO_CURRENCY:currency' END,
      CASE WHEN j.customer_number IS NULL AND j.x_customer IS NULL THEN 'NO_CUSTOMER:customer'
           WHEN j.customer_number IS NOT NULL AND j.customer_id IS NULL THEN 'UNKNOWN_CUSTOMER:customer' END,
      CASE WHEN j.vendor IS NOT NULL AND j.vendor_id IS NULL THEN 'UNKNOWN_VENDOR:vendor' END,
      CASE WHEN j.campaign IS NOT NULL AND j.campaign_id IS NULL THEN 'UNKNOWN_CAMPAIGN:campaign' END,
      CASE WHEN j.category IS NOT NULL AND j.own_category_id IS NULL THEN 'UNKNOWN_CATEGORY:category' END,
      CASE WHEN j.customer_currency <> j.row_currency THEN 'CURRENCY_MISMATCH:currency' END,
      CASE WHEN j.payout > 0 AND j.vendor_currency <> j.row_payout_currency THEN 'PAYOUT_CURRENCY_MISMATCH:payout' END
    ], NULL) END AS faults
  FROM joined j
  OFFSET 0
), judged AS MATERIALIZED (
  SELECT f.n AS place,
    CASE WHEN %(answer_keys)s AND f.faults IS NULL AND EXISTS (  -- in a dry run no charge tells of earlier chunks
        SELECT FROM import_seen x WHERE x.key = md5(f.external_source || ' ' || f.external_id)::uuid)
      THEN ARRAY['DUPLICATE_IN_FILE:external_id'] ELSE f.faults END AS faults,
    CASE WHEN f.faults IS NULL THEN nextval('billing_charge_id_seq') END AS new_id,
    CASE WHEN f.faults IS NULL THEN coalesce(f.usage_number, nextval('billing_usage_id_seq')) END AS usage_id,
    %(batch)s::bigint AS batch_id, coalesce(f.usage_batch, %(batch)s::bigint) AS usage_batch_id,
    f.invoice_id, f.invoice_number, f.service_id, %(program)s::bigint AS program_id, f.customer_id, f.vendor_id,
    f.category_id, f.campaign_id, f.zone_id AS tz_id, coalesce(f.subkind, 'call') AS subkind, f.occurred_at,
    coalesce(f.received_at, f.occurred_at) AS received_at,
    CASE WHEN (f.is_billed AND %(at_end)s) OR f.rated_s IS NOT NULL
         THEN greatest(f.occurred_at, f.invoiced_at, coalesce(
           f.billed_at, f.ended_at, f.occurred_at + make_interval(secs => coalesce(f.duration_s, 0))))
         WHEN f.is_billed THEN coalesce(f.billed_at, f.occurred_at) END AS billed_at,
    f.row_currency AS currency,
    CASE WHEN f.is_billed OR (%(leads_wait)s AND f.subkind = 'lead') THEN coalesce(f.amount, f.rated_micros, 0)
         ELSE coalesce(f.rated_micros, 0) END AS billed_micros,
    %(tells_price)s OR f.amount IS NOT NULL AS tells_price,
    coalesce(f.rated_quantity, f.quantity) AS quantity, coalesce(f.rated_unit, f.unit, '') AS unit,
    f.rated_price AS unit_price,
    CASE WHEN f.is_billed THEN coalesce(f.tax, 0) ELSE 0 END AS tax_micros,
    coalesce(f.tax_jurisdiction, '') AS tax_jurisdiction, f.row_payout_currency AS payout_currency,
    CASE WHEN f.payout_flag THEN coalesce(f.payout, 0) ELSE 0 END AS payout_micros,
    coalesce(f.direction, '') AS direction, f.answered, f.connect_s, f.ring_s,
    coalesce(f.duration_s, CASE WHEN f.ended_at >= f.occurred_at
                                THEN least(extract(epoch FROM f.ended_at - f.occurred_at), 2147483647)::integer END)
      AS duration_s,
    coalesce(f.hangup_by, 'unknown') AS hangup_by,
    coalesce(f.disposition, CASE f.answered WHEN true THEN 'completed' WHEN false THEN 'not_connected' ELSE '' END
             || CASE WHEN f.answered IS NOT NULL AND f.converted THEN '_with_conversion' ELSE '' END) AS disposition,
    f.converted,
    coalesce(f.recording_enabled, CASE WHEN %(url_tells)s AND f.answered THEN false END) AS recording_enabled,
    coalesce(f.recording_url, '') AS recording_url, f.caller AS caller_e164, f.destination AS destination_e164,
    f.tracking AS tracking_e164, f.external_source, f.external_id, coalesce(f.buyer_ref, '') AS buyer_ref,
    coalesce(f.vendor_ref, '') AS vendor_ref, coalesce(f.vendor_sub_id, '') AS vendor_sub_id,
    f.platform_tags, f.raw, coalesce(f.lead_channel, '') AS lead_channel, coalesce(f.contact_name, '') AS contact_name,
    f.contact AS contact_e164, coalesce(f.contact_email, '') AS contact_email, f.transcript,
    CASE WHEN f.transcript IS NOT NULL THEN f.external_source || ':' || f.external_id END AS transcript_key, f.corrects,
    f.customer_number, left(coalesce(f.customer_name, f.customer_number), 200) AS customer_name, f.customer_currency,
    f.vendor, left(coalesce(f.vendor_name, f.vendor), 200) AS vendor_name, f.vendor_currency,
    f.campaign, left(coalesce(f.campaign_name, f.campaign), 200) AS campaign_name, f.category,
    f.billable_after_s, f.duplicate_window_days,
-- splice: odd_phones
      AS odd_phones,
    f.occurred_at_local IS NOT NULL AND f.occurred_at_local IN (
      (f.occurred_at - interval '1 hour') AT TIME ZONE %(zone)s::text,
      (f.occurred_at - interval '30 minutes') AT TIME ZONE %(zone)s::text) AS is_ambiguous
  FROM faulted f
), to_bill AS (
  SELECT * FROM judged WHERE faults IS NULL AND corrects IS NULL
),
-- include: billing.insert_charges
, met AS MATERIALIZED (
  SELECT j.*, e.id AS charge_id, e.billed_at AS old_billed_at, e.billed_micros AS old_billed_micros,
    e.currency AS old_currency, e.payout_micros AS old_payout_micros, e.payout_currency AS old_payout_currency,
    e.tax_micros AS old_tax_micros, e.transcript_key AS old_transcript_key, e.received_at AS old_received_at,
    e.recording_url AS old_recording_url,
    CASE
      WHEN e.id IS NULL OR e.import_batch = %(batch)s::bigint
        OR row_number() OVER (PARTITION BY j.external_source, j.external_id ORDER BY j.place) > 1
        OR EXISTS (SELECT FROM import_seen x WHERE x.key = md5(j.external_source || ' ' || j.external_id)::uuid)
        THEN 'DUPLICATE_IN_FILE'
      WHEN e.billed_at IS NOT NULL AND NOT j.tells_price THEN 'same'
      WHEN e.billed_at IS NOT NULL AND (e.currency <> j.currency OR e.payout_currency <> j.payout_currency
          OR e.customer_id <> j.customer_id OR e.vendor_id IS DISTINCT FROM j.vendor_id) THEN 'CHARGE_CHANGED'
      WHEN e.billed_at IS NOT NULL AND (e.billed_micros <> j.billed_micros OR e.tax_micros <> j.tax_micros
          OR e.payout_micros <> j.payout_micros) THEN 'corrected'
      WHEN (e.occurred_at, e.received_at, e.billed_at, e.customer_id, e.vendor_id, e.campaign_id, e.currency,
            e.payout_micros, e.answered, e.connect_s, e.ring_s, e.duration_s, e.hangup_by, e.disposition, e.converted,
            coalesce(nullif(e.recording_url, ''), j.recording_url), e.caller_e164, e.destination_e164, e.tracking_e164)
         IS NOT DISTINCT FROM
           (j.occurred_at, j.received_at, j.billed_at, j.customer_id, j.vendor_id, j.campaign_id, j.currency,
            j.payout_micros, j.answered, j.connect_s, j.ring_s, j.duration_s, j.hangup_by, j.disposition, j.converted,
            j.recording_url, j.caller_e164, j.destination_e164, j.tracking_e164) THEN 'same'
      WHEN e.billed_at IS NOT NULL THEN 'frozen'
      -- In dispute since: it may still be billed, for the very amounts that the ledger guards.
      WHEN EXISTS (SELECT FROM ledger_charge_balance b WHERE b.charge_id = e.id)
        AND (e.customer_id, e.vendor_id, e.currency, e.billed_micros, e.tax_micros, e.payout_currency, e.payout_micros)
            IS DISTINCT FROM
            (j.customer_id, j.vendor_id, j.currency, j.billed_micros, j.tax_micros, j.payout_currency, j.payout_micros)
        THEN 'CHARGE_CHANGED'
      ELSE 'newer'
    END AS verdict
  FROM judged j
  LEFT JOIN LATERAL (
    SELECT * FROM billing_charge x
    WHERE x.external_source = j.external_source AND x.external_id = j.external_id
    OFFSET 0  -- keeps this a look-up by index, row by row
  ) e ON true
  WHERE j.faults IS NULL AND j.corrects IS NULL
    AND j.new_id NOT IN (SELECT b.id FROM billed b)  -- NOT IN is always hashed
), to_refresh AS (
  SELECT * FROM met WHERE verdict = 'newer'
),
-- include: billing.refresh_unbilled_charges
, to_key AS (
  SELECT charge_id, transcript_key, recording_url FROM met
  WHERE verdict IN ('same', 'frozen')
    AND ((transcript_key IS NOT NULL AND old_transcript_key IS NULL)
         OR (recording_url <> '' AND old_recording_url = ''))
),
-- include: billing.fill_late_facts
, spoken AS (
  INSERT INTO imports_transcript (key, source, text)
  SELECT j.transcript_key, j.external_source, j.transcript FROM judged j
  WHERE j.faults IS NULL AND j.corrects IS NULL AND j.transcript IS NOT NULL ORDER BY j.place
  ON CONFLICT (key) DO NOTHING
),
-- include: imports.propose_corrections
, taken AS (  -- the rows that are in the database now, counted by currencies and day
  SELECT j.currency, j.payout_currency, (j.received_at AT TIME ZONE 'UTC')::date AS day,
    coalesce(sum(j.billed_micros) FILTER (WHERE j.billed_at IS NOT NULL), 0) AS billed, sum(j.payout_micros) AS payout, count(j.billed_at) AS billed_calls,
    count(*) FILTER (WHERE j.is_ambiguous) AS ambiguous,
    array_agg(md5(j.external_source || ' ' || j.external_id)) FILTER (WHERE %(answer_keys)s) AS keys,
    array_agg(md5(concat_ws(' ', j.external_source, j.external_id, j.billed_micros, j.tax_micros, j.payout_micros,
      j.customer_number, j.vendor))) FILTER (WHERE %(answer_keys)s) AS figures
  FROM judged j
  WHERE j.faults IS NULL AND j.corrects IS NULL
    AND j.new_id NOT IN (
      SELECT m.new_id FROM met m WHERE m.verdict IN ('DUPLICATE_IN_FILE', 'CHARGE_CHANGED', 'corrected'))
  GROUP BY 1, 2, 3
), money AS (
  SELECT currency, sum(billed) AS billed, 0::numeric AS payout FROM taken GROUP BY currency
  UNION ALL
  SELECT payout_currency, 0, sum(payout) FROM taken GROUP BY payout_currency HAVING sum(payout) > 0
), missing AS (
-- include: imports.missing_parties
), needed AS (
  SELECT 'missing' AS kind, to_jsonb(m) AS detail FROM missing m WHERE %(create_parties)s AND NOT %(is_final)s
  UNION ALL
  SELECT DISTINCT 'phone', to_jsonb(x) FROM judged CROSS JOIN LATERAL unnest(odd_phones) AS o (x)
  WHERE odd_phones IS NOT NULL AND NOT %(is_final)s AND NOT %(phones)s::jsonb ? x
), rejected AS (
  SELECT place, faults,
    jsonb_build_object('customer', customer_number, 'vendor', vendor, 'campaign', campaign, 'category', category,
      'invoice', invoice_number, 'currency', currency, 'customer_currency', customer_currency,
      'payout_currency', payout_currency, 'vendor_currency', vendor_currency) AS detail
  FROM judged WHERE faults IS NOT NULL
  UNION ALL
  SELECT place, ARRAY[verdict || ':external_id'],
    jsonb_build_object('external_id', external_id, 'was_billed', old_billed_at IS NOT NULL,
      'old_billed', old_billed_micros, 'old_currency', old_currency, 'old_payout', old_payout_micros,
      'old_payout_currency', old_payout_currency, 'billed', billed_micros, 'currency', currency,
      'payout', payout_micros, 'payout_currency', payout_currency)
  FROM met WHERE verdict IN ('DUPLICATE_IN_FILE', 'CHARGE_CHANGED')
  UNION ALL
  SELECT place, ARRAY[verdict || ':corrects'],
    jsonb_build_object('corrects', corrects, 'was_billed', true,
      'old_billed', old_billed_micros, 'old_currency', old_currency, 'old_payout', old_payout_micros,
      'old_payout_currency', old_payout_currency, 'billed', billed_micros, 'currency', currency,
      'payout', payout_micros, 'payout_currency', payout_currency)
  FROM rooted WHERE verdict IN ('CORRECTS_UNKNOWN', 'CHARGE_CHANGED')
)
SELECT 'summary' AS kind, 0::bigint AS n, NULL::text[] AS faults, jsonb_build_object(
    'imported', (SELECT count(*) FROM billed),
    'updated', (SELECT count(*) FROM refreshed) + (SELECT count(*) FROM keyed),
    'unchanged', (SELECT count(*) FROM met WHERE verdict IN ('same', 'frozen')) - (SELECT count(*) FROM keyed)
      + (SELECT count(*) FROM rooted WHERE verdict = 'same')
      + (SELECT count(*) FROM wanted) - (SELECT count(*) FROM proposed),
    'corrections', (SELECT count(*) FROM proposed) + (SELECT count(*) FROM rooted WHERE verdict = 'seen'),
    'frozen', (SELECT count(*) FROM met WHERE verdict = 'frozen'),
    'billed_calls', (SELECT coalesce(sum(billed_calls), 0) FROM taken),
    'ambiguous', (SELECT coalesce(sum(ambiguous), 0) FROM taken),
    'sums', (SELECT jsonb_object_agg(currency, jsonb_build_array(billed, payout)) FROM
             (SELECT currency, sum(billed) AS billed, sum(payout) AS payout FROM money GROUP BY currency) m),
    'days', (SELECT jsonb_agg(day ORDER BY day) FROM (  -- of a call that moved, the day it left too
      SELECT day FROM taken
      UNION SELECT (old_received_at AT TIME ZONE 'UTC')::date FROM met WHERE verdict = 'newer') d),
    'known', CASE WHEN %(answer_known)s
      THEN (SELECT jsonb_agg(charge_id) FROM met WHERE verdict IN ('same', 'frozen', 'corrected')) END,
    'keys', CASE WHEN %(answer_keys)s
      THEN (SELECT jsonb_agg(key) FROM taken CROSS JOIN LATERAL unnest(keys || figures) AS k (key))
      ELSE (SELECT jsonb_agg(md5(external_source || ' ' || external_id)) FROM met
            WHERE verdict IN ('same', 'frozen', 'corrected')) END
  ) AS detail, NULL::text[] AS fields
UNION ALL
SELECT kind, 0, NULL, detail, NULL FROM needed
UNION ALL
SELECT 'reject', r.place, r.faults, r.detail,
-- splice: fields
FROM rejected r JOIN import_stage s ON s.n = r.place
WHERE NOT EXISTS (SELECT FROM needed)
