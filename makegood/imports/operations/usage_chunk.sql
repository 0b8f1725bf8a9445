-- Purpose     judge the staged usage records of one chunk, store them, link them to the invoices they name; answer for all
-- Parameters  those of imports.bill_lines; batch bigint; program bigint; source text; is_final boolean and
--             create_parties boolean (when both say so, answer missing customers instead of rejected records)
-- Reads       bill_stage
-- Answer      rows (kind, n, k, faults text[], detail jsonb): one 'summary', then 'reject', 'missing' (customers)
WITH
-- include: imports.bill_lines
, met AS MATERIALIZED (
  SELECT l.*, i.id AS invoice_id, e.id AS charge_id, e.billed_micros AS old_micros, e.tax_micros AS old_tax_micros,
    e.received_at AS old_received_at,
    CASE WHEN l.is_billed = 'yes' OR i.id IS NOT NULL THEN coalesce(i.issued_at, l.issued_at, l.occurred_at) END
      AS new_billed_at, l.line AS external_id,
    CASE
      WHEN coalesce(l.occurred_at, l.issued_at) IS NULL THEN 'NO_USAGE_TIME:occurred'
      WHEN l.is_back THEN 'NEGATIVE_AMOUNT:net'
      WHEN row_number() OVER (PARTITION BY l.line ORDER BY l.n, l.k) > 1 THEN 'DUPLICATE_IN_FILE:line'
      WHEN e.id IS NULL THEN 'new'
      WHEN (e.billed_micros, e.tax_micros, e.currency, e.customer_id)
           = (l.amount_micros, l.tax_micros, l.line_currency, l.customer_id)
        THEN CASE WHEN e.billed_at IS NULL AND (l.is_billed = 'yes' OR i.id IS NOT NULL) THEN 'newer' ELSE 'same' END
      WHEN e.billed_at IS NULL AND e.customer_id = l.customer_id AND e.currency = l.line_currency
        AND NOT EXISTS (SELECT FROM ledger_charge_balance b WHERE b.charge_id = e.id) THEN 'newer'
      WHEN e.billed_at IS NOT NULL AND (e.currency, e.customer_id) = (l.line_currency, l.customer_id) THEN 'corrected'
      ELSE 'USAGE_CHANGED:line'
    END AS verdict
  FROM lines l
  LEFT JOIN billing_invoice i ON i.number = l.v_number AND i.customer_id = l.customer_id
  LEFT JOIN LATERAL (
    SELECT * FROM billing_charge x WHERE x.external_source = %(source)s::text AND x.external_id = l.line
    OFFSET 0  -- keeps this a look-up by index, row by row
  ) e ON true
  WHERE l.is_good
), to_serve AS (
  SELECT m.customer_id, m.service AS number, '' AS label
  FROM met m WHERE m.service IS NOT NULL AND m.verdict IN ('new', 'newer')
),
-- include: billing.upsert_services
, arrived AS MATERIALIZED (
  SELECT m.n * 100000 + m.k AS place, m.verdict, m.charge_id, 'usage' AS kind, m.invoice_id,
    m.v_number AS invoice_number, NULL::bigint AS feature_id, coalesce(m.label, '') AS feature_label,
    coalesce(m.v_line, nextval('billing_usage_id_seq')) AS usage_id, %(batch)s::bigint AS import_batch,
    %(program)s::bigint AS program_id, m.customer_id, s.id AS service_id, m.tz_id, m.subkind,
    coalesce(m.occurred_at, m.issued_at) AS occurred_at, coalesce(m.occurred_at, m.issued_at) AS received_at,
    m.new_billed_at AS billed_at, m.line_currency AS currency, m.amount_micros AS billed_micros, m.tax_micros,
    coalesce(m.jurisdiction, '') AS tax_jurisdiction, m.v_quantity AS quantity, coalesce(m.unit, '') AS unit,
    m.v_unit_price AS unit_price, m.v_duration_s AS duration_s, m.caller AS caller_e164,
    m.destination AS destination_e164, %(source)s::text AS external_source, m.external_id, m.raw::jsonb AS raw,
    m.covers_from, m.covers_until
  FROM met m
  LEFT JOIN served s ON s.customer_id = m.customer_id AND s.number = m.service
  WHERE m.verdict IN ('new', 'newer')
), to_line AS (
  SELECT * FROM arrived WHERE verdict = 'new'
),
-- include: billing.insert_invoice_lines
, to_bill_usage AS (
  SELECT * FROM arrived WHERE verdict = 'newer'
),
-- include: billing.bill_usage_lines
,
-- include: imports.propose_line_corrections
, missing AS (
  SELECT DISTINCT ON (l.customer) l.customer AS number, left(coalesce(l.customer_name, l.customer), 200) AS name,
    l.line_currency AS currency
  FROM lines l
  WHERE %(create_parties)s AND NOT %(is_final)s AND l.faults = ARRAY['UNKNOWN_CUSTOMER:customer']
  ORDER BY l.customer, l.n, l.k
), rejected AS (
  SELECT l.n, l.k, l.faults, jsonb_build_object('currency', l.line_currency, 'customer', l.customer,
      'customer_currency', l.customer_currency) AS detail
  FROM lines l WHERE NOT l.is_good
  UNION ALL
  SELECT m.n, m.k, ARRAY[m.verdict], jsonb_build_object('currency', m.line_currency, 'old_micros', m.old_micros,
      'old_tax_micros', m.old_tax_micros, 'was_back', false, 'micros', m.amount_micros, 'tax_micros', m.tax_micros,
      'is_back', false, 'external_id', m.line)
  FROM met m WHERE m.verdict NOT IN ('new', 'newer', 'same', 'corrected')
)
SELECT 'summary' AS kind, 0::bigint AS n, 0 AS k, NULL::text[] AS faults, jsonb_build_object(
    'imported', (SELECT count(*) FROM lined),
    'updated', (SELECT count(*) FROM usage_billed),
    'unchanged', (SELECT count(*) FROM met WHERE verdict = 'same'),
    'rejected', (SELECT count(*) FROM rejected),
    'corrections', (SELECT count(*) FROM met WHERE verdict = 'corrected'),
    'proposed', (SELECT count(*) FROM proposed),
    'unlinked', (SELECT count(*) FROM met WHERE v_number IS NOT NULL AND invoice_id IS NULL
                 AND verdict IN ('new', 'newer', 'same')),
    'paid', '[]'::jsonb,
    'days', (SELECT coalesce(jsonb_agg(day), '[]') FROM (  -- of a record that moved, the day it left too
      SELECT (received_at AT TIME ZONE 'UTC')::date AS day FROM arrived
      UNION SELECT (old_received_at AT TIME ZONE 'UTC')::date FROM met WHERE verdict = 'newer') d),
    'sums', (SELECT jsonb_object_agg(s.line_currency, jsonb_build_array(s.net, s.tax, 0)) FROM (
        SELECT m.line_currency, sum(m.amount_micros) AS net, sum(m.tax_micros) AS tax
        FROM met m WHERE m.verdict IN ('new', 'newer', 'same') GROUP BY m.line_currency) s)
  ) AS detail
UNION ALL
SELECT 'missing', 0, 0, NULL, to_jsonb(m) FROM missing m
UNION ALL
SELECT 'reject', r.n, r.k, r.faults, r.detail || jsonb_build_object('texts', to_jsonb(s))
FROM rejected r JOIN bill_stage s ON s.n = r.n AND s.k = r.k AND s.chunk = %(chunk)s::integer
WHERE NOT EXISTS (SELECT FROM missing)
