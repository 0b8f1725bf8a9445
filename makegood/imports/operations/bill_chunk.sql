-- Purpose     judge the staged lines of one chunk of whole bills; store the bills, their charges and their credits;
--             answer for all
-- Parameters  those of imports.bill_lines; batch bigint; program bigint; source text; is_final boolean and
--             create_parties boolean (when both say so, answer missing customers instead of rejected lines)
-- Reads       bill_stage
-- Answer      rows (kind, n, k, faults text[], detail jsonb): one 'summary', then 'reject', 'missing' (customers),
--             'off' (bills that do not add up)
WITH
-- include: imports.bill_lines
, heads_known AS (  -- what the first good line says of its bill
  SELECT l.*, i.id AS invoice_id, coalesce(l.v_number, i.number) AS known_number,
    i.customer_id AS invoice_customer, i.total_micros AS invoice_total
  FROM (
    SELECT DISTINCT ON (x.bill) x.bill, x.n, x.k, x.v_number, x.customer_id, x.issued_at, x.v_period_number,
      x.period_start_day, x.period_ends_on, x.zone_name, x.line_currency, x.due_day, x.v_total, x.usage_alias, x.state
    FROM lines x WHERE x.is_good ORDER BY x.bill, x.n, x.k
  ) l
  LEFT JOIN LATERAL (
    SELECT * FROM billing_invoice x
    WHERE x.number = l.v_number OR (l.v_number IS NULL AND x.customer_id = l.customer_id AND x.issued_at = l.issued_at)
    ORDER BY x.id LIMIT 1
  ) i ON true
), covers AS (
  SELECT l.bill, mode() WITHIN GROUP (ORDER BY daterange(l.covers_from, l.covers_until)) AS days
  FROM lines l
  WHERE l.is_good AND l.subkind = 'recurring' AND l.covers_from < l.covers_until
  GROUP BY l.bill
), heads AS MATERIALIZED (
  SELECT h.bill, h.invoice_id, coalesce(h.known_number, nextval('billing_invoice_number_seq')) AS invoice_number,
    coalesce(h.invoice_customer, h.customer_id) AS of_customer, h.v_period_number AS period_number,
    coalesce(h.period_start_day, lower(c.days),
      (date_trunc('month', (h.issued_at AT TIME ZONE h.zone_name)::date + 1) - interval '1 month')::date) AS starts_on,
    CASE WHEN h.period_start_day IS NOT NULL
      THEN coalesce(h.period_ends_on, (h.period_start_day + interval '1 month')::date)
      ELSE coalesce(upper(c.days), date_trunc('month', (h.issued_at AT TIME ZONE h.zone_name)::date + 1)::date)
    END AS ends_on,
    h.line_currency AS currency, h.issued_at AS bill_issued_at, h.due_day, h.v_total, h.invoice_total,
    coalesce(h.usage_alias, '') AS usage_alias, h.state
  FROM heads_known h LEFT JOIN covers c ON c.bill = h.bill
  ORDER BY h.n, h.k  -- bills without a number are numbered as they come
), met AS MATERIALIZED (
  SELECT l.*, h.invoice_id, h.invoice_number, h.bill_issued_at, h.bill_issued_at AS new_billed_at,
    l.bill || ':' || coalesce(l.line, '') AS external_id,
    e.id AS charge_id, coalesce(e.billed_micros, c.amount_micros) AS old_micros,
    coalesce(e.tax_micros, c.tax_micros) AS old_tax_micros, c.id IS NOT NULL AS was_back,
    CASE
      WHEN l.customer_id <> h.of_customer THEN 'INVOICE_OF_ANOTHER'
      WHEN NOT l.has_line THEN 'head'
      WHEN row_number() OVER (PARTITION BY l.bill, l.line ORDER BY l.n, l.k) > 1 THEN 'DUPLICATE_IN_FILE'
      WHEN e.id IS NOT NULL THEN
        CASE WHEN l.is_back OR (e.currency, e.customer_id) <> (l.line_currency, l.customer_id) THEN 'CHARGE_CHANGED'
             WHEN (e.billed_micros, e.tax_micros) = (l.amount_micros, l.tax_micros) THEN 'same'
             ELSE 'corrected' END
      WHEN c.id IS NOT NULL THEN
        CASE WHEN l.is_back AND (c.amount_micros, c.tax_micros) = (l.amount_micros, l.tax_micros)
          THEN 'same' ELSE 'CHARGE_CHANGED' END
      WHEN EXISTS (SELECT FROM billing_charge x WHERE x.invoice_id = h.invoice_id AND x.feature_id = l.v_line
                     AND x.kind = 'invoice_feature' AND x.corrects_id IS NULL) THEN 'LINE_TAKEN'
      ELSE 'new'
    END AS verdict
  FROM lines l
  JOIN heads h ON h.bill = l.bill
  LEFT JOIN LATERAL (
    SELECT * FROM billing_charge x
    WHERE x.external_source = %(source)s::text AND x.external_id = l.bill || ':' || l.line
    OFFSET 0  -- keeps this a look-up by index, row by row
  ) e ON true
  LEFT JOIN LATERAL (
    SELECT * FROM billing_invoice_credit x
    WHERE x.external_source = %(source)s::text AND x.external_id = l.bill || ':' || l.line
    OFFSET 0
  ) c ON true
  WHERE l.is_good
), kept AS MATERIALIZED (  -- what stands, bill by bill; new lines apart
  SELECT m.bill, count(*) FILTER (WHERE m.verdict = 'new' AND m.is_back) AS credits,
    coalesce(sum(CASE WHEN m.is_back THEN -1 ELSE 1 END * (m.amount_micros + m.tax_micros))
      FILTER (WHERE m.verdict = 'new'), 0) AS new_micros
  FROM met m
  WHERE m.verdict IN ('new', 'same', 'head', 'corrected')
  GROUP BY m.bill
), to_invoice AS (
  SELECT h.invoice_number AS number, h.of_customer AS customer_id, h.period_number, h.starts_on, h.ends_on, h.currency,
    h.bill_issued_at AS issued_at, h.due_day AS due_on, h.v_total AS total_micros, h.usage_alias
  FROM heads h JOIN kept k ON k.bill = h.bill
),
-- include: billing.upsert_invoices
, to_serve AS (
  SELECT m.customer_id, m.service AS number, left(coalesce(m.label, ''), 200) AS label
  FROM met m WHERE m.service IS NOT NULL AND m.verdict = 'new'
),
-- include: billing.upsert_services
, arrived AS MATERIALIZED (
  SELECT m.*, i.id AS of_invoice, s.id AS service_id,
    coalesce(m.v_line, nextval('billing_feature_id_seq')) AS feature_id
  FROM met m
  JOIN invoiced i ON i.number = m.invoice_number
  LEFT JOIN served s ON s.customer_id = m.customer_id AND s.number = m.service
  WHERE m.verdict = 'new'
), to_line AS (
  SELECT a.n * 100000 + a.k AS place, 'invoice_feature' AS kind, a.of_invoice AS invoice_id, a.invoice_number,
    a.feature_id, coalesce(a.label, '') AS feature_label, NULL::bigint AS usage_id, %(batch)s::bigint AS import_batch,
    %(program)s::bigint AS program_id, a.customer_id, a.service_id, a.tz_id, a.subkind,
    coalesce(a.occurred_at, a.bill_issued_at) AS occurred_at, a.bill_issued_at AS received_at,
    a.bill_issued_at AS billed_at, a.line_currency AS currency, a.amount_micros AS billed_micros, a.tax_micros,
    coalesce(a.jurisdiction, '') AS tax_jurisdiction, a.v_quantity AS quantity, coalesce(a.unit, '') AS unit,
    a.v_unit_price AS unit_price, a.v_duration_s AS duration_s, a.caller AS caller_e164,
    a.destination AS destination_e164, %(source)s::text AS external_source, a.external_id, a.raw::jsonb AS raw,
    a.covers_from, a.covers_until
  FROM arrived a WHERE NOT a.is_back
),
-- include: billing.insert_invoice_lines
, to_credit AS (
  SELECT a.n * 100000 + a.k AS place, a.of_invoice AS invoice_id, a.feature_id, coalesce(a.label, '') AS label,
    a.amount_micros, a.tax_micros, %(batch)s::bigint AS import_batch, %(source)s::text AS external_source,
    a.external_id, a.raw::jsonb AS raw
  FROM arrived a WHERE a.is_back
),
-- include: billing.insert_invoice_credits
,
-- include: imports.propose_line_corrections
, added AS MATERIALIZED (  -- each bill with what its lines make now
  SELECT h.*, k.new_micros, coalesce(b.micros, 0) - coalesce(c.micros, 0) + k.new_micros AS lines_micros
  FROM heads h
  JOIN kept k ON k.bill = h.bill
  LEFT JOIN LATERAL (
    SELECT sum(x.billed_micros + x.tax_micros) AS micros FROM billing_charge x
    WHERE x.invoice_id = h.invoice_id AND x.kind = 'invoice_feature'
      AND NOT EXISTS (SELECT FROM billing_charge y WHERE y.corrects_id = x.id)
  ) b ON true
  LEFT JOIN LATERAL (
    SELECT sum(x.amount_micros + x.tax_micros) AS micros FROM billing_invoice_credit x WHERE x.invoice_id = h.invoice_id
  ) c ON true
), off AS MATERIALIZED (
  SELECT a.invoice_number, a.currency, coalesce(a.invoice_total, a.v_total) AS total, a.lines_micros
  FROM added a WHERE coalesce(a.invoice_total, a.v_total) <> a.lines_micros
), missing AS (
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
  SELECT m.n, m.k, ARRAY[m.verdict || ':' || CASE m.verdict WHEN 'INVOICE_OF_ANOTHER' THEN 'customer' ELSE 'line' END],
    jsonb_build_object('invoice', m.invoice_number, 'currency', m.line_currency, 'old_micros', m.old_micros,
      'old_tax_micros', m.old_tax_micros, 'was_back', m.was_back, 'micros', m.amount_micros,
      'tax_micros', m.tax_micros, 'is_back', m.is_back, 'external_id', m.external_id)
  FROM met m WHERE m.verdict NOT IN ('new', 'same', 'head', 'corrected')
)
SELECT 'summary' AS kind, 0::bigint AS n, 0 AS k, NULL::text[] AS faults, jsonb_build_object(
    'bills', (SELECT count(*) FROM invoice_added),
    'imported', (SELECT count(*) FROM lined) + (SELECT count(*) FROM credited),
    'credits', (SELECT count(*) FROM credited),
    'unchanged', (SELECT count(*) FROM met WHERE verdict = 'same'),
    'rejected', (SELECT count(*) FROM rejected),
    'corrections', (SELECT count(*) FROM met WHERE verdict = 'corrected'),
    'proposed', (SELECT count(*) FROM proposed),
    'off', (SELECT count(*) FROM off),
    'total_changed', (SELECT count(*) FROM heads WHERE v_total <> invoice_total),
    'paid', (SELECT coalesce(jsonb_agg(h.invoice_number), '[]') FROM heads h JOIN kept USING (bill)
             WHERE h.state = 'paid'),
    'days', (SELECT coalesce(jsonb_agg(DISTINCT (bill_issued_at AT TIME ZONE 'UTC')::date), '[]') FROM arrived),
    'sums', (SELECT jsonb_object_agg(s.line_currency, jsonb_build_array(s.net, s.tax, s.back)) FROM (
        SELECT m.line_currency, coalesce(sum(m.amount_micros) FILTER (WHERE NOT m.is_back), 0) AS net,
          coalesce(sum(m.tax_micros) FILTER (WHERE NOT m.is_back), 0) AS tax,
          coalesce(sum(m.amount_micros + m.tax_micros) FILTER (WHERE m.is_back), 0) AS back
        FROM met m WHERE m.verdict IN ('new', 'same') GROUP BY m.line_currency) s)
  ) AS detail
UNION ALL
SELECT 'missing', 0, 0, NULL, to_jsonb(m) FROM missing m
UNION ALL
SELECT 'reject', r.n, r.k, r.faults, r.detail || jsonb_build_object('texts', to_jsonb(s))
FROM rejected r JOIN bill_stage s ON s.n = r.n AND s.k = r.k AND s.chunk = %(chunk)s::integer
WHERE NOT EXISTS (SELECT FROM missing)
UNION ALL
(SELECT 'off', 0, 0, NULL, to_jsonb(o) FROM off o WHERE NOT EXISTS (SELECT FROM missing) ORDER BY o.invoice_number LIMIT 3)
