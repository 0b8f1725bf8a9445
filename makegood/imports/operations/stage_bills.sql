-- Purpose     keep the services and invoices that staged usage records name and nobody knows yet
-- Parameters  zone text null; currency text null; no_customer text null; words of the mapping (word_0, ..)
-- Reads       import_stage (n, bad, raw, c0, c1, ..)
-- Answer      one row (services, invoices): how many are named
WITH texts AS (
  SELECT s.n, s.bad,
-- splice: texts
  FROM import_stage s
-- splice: child
  OFFSET 0
), vals AS (
  SELECT t.*,
-- splice: vals
  FROM texts t
  OFFSET 0
), placed AS (
  SELECT v.*,
-- splice: locals
  FROM vals v
  OFFSET 0
), named AS MATERIALIZED (
  SELECT p.n AS place, cu.id AS customer_id, p.service, p.invoice_number, p.bill_period, z.name AS zone,
    coalesce(p.currency, %(currency)s::text) AS currency,
    coalesce(p.occurred_at_abs, p.occurred_at_local AT TIME ZONE %(zone)s::text) AS occurred_at
  FROM placed p
  JOIN parties_customer cu ON cu.number = coalesce(p.customer, %(no_customer)s::text)
  JOIN parties_zone z ON z.id = cu.zone_id
  WHERE p.bad IS NULL
), to_serve AS (
  SELECT DISTINCT customer_id, service AS number, ''::text AS label FROM named WHERE service IS NOT NULL
),
-- include: billing.upsert_services
, to_invoice AS (  -- a file of usage records does not date its bill: it covers their days, and is issued after them;
                   -- the customer of its first record is the one who got it
  SELECT DISTINCT ON (invoice_number) invoice_number AS number, customer_id, period_number, starts_on, ends_on,
    currency, ends_on::timestamp AT TIME ZONE zone AS issued_at, NULL::date AS due_on, NULL::bigint AS total_micros,
    ''::text AS usage_alias
  FROM (
    SELECT invoice_number, customer_id, zone, min(place) AS place, max(bill_period) AS period_number,
      min(occurred_at AT TIME ZONE zone)::date AS starts_on, max(occurred_at AT TIME ZONE zone)::date + 1 AS ends_on,
      max(currency) AS currency
    FROM named n
    WHERE invoice_number IS NOT NULL AND currency IS NOT NULL AND occurred_at BETWEEN '1990-01-01' AND '2100-01-01'
      AND NOT EXISTS (
        SELECT FROM billing_invoice x WHERE x.number = n.invoice_number AND x.customer_id <> n.customer_id)
    GROUP BY invoice_number, customer_id, zone
  ) g
  ORDER BY invoice_number, place
),
-- include: billing.upsert_invoices
SELECT (SELECT count(*) FROM served) AS services, (SELECT count(*) FROM invoiced) AS invoices
