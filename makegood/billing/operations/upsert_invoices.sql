-- Published part of billing: invoices by number, with their bill periods. Nothing that is known is overwritten: an
--                 invoice that is there already keeps its customer, period and currency, and is only told what it did
--                 not know (due day, total, usage alias; with the total also when it was issued).
-- Expects a CTE   to_invoice (number bigint, customer_id bigint, period_number bigint null, starts_on date,
--                 ends_on date (the day after the last one), currency, issued_at timestamptz, due_on date null,
--                 total_micros bigint null, usage_alias text); of two rows with one number one is taken.
--                 The caller has seen to it that a known number belongs to that customer.
--                 A bill joins the period of its customer that has its period_number, else the one that it shares days
--                 with; a new period without a number is numbered by its first day, such as 20260501.
-- Gives           invoiced (id, number): every one asked for; also invoice_asked, period_known, period_new,
--                 period_added, invoice_added, invoice_filled
invoice_asked AS MATERIALIZED (
  SELECT DISTINCT ON (t.number) t.*, i.id AS invoice_id, i.id IS NOT NULL AS is_known,
    coalesce(t.period_number, to_char(t.starts_on, 'YYYYMMDD')::bigint) AS period_asked
  FROM to_invoice t LEFT JOIN billing_invoice i ON i.number = t.number
  ORDER BY t.number
),
period_known AS MATERIALIZED (
  SELECT a.*, p.id AS period_id, p.id IS NOT NULL AS has_period
  FROM invoice_asked a
  LEFT JOIN LATERAL (
    SELECT b.id FROM billing_bill_period b
    WHERE b.customer_id = a.customer_id AND (b.number = a.period_asked
      OR daterange(b.starts_on, b.ends_on, '[)') && daterange(a.starts_on, a.ends_on, '[)'))
    ORDER BY b.number = a.period_asked DESC, abs(b.starts_on - a.starts_on), b.id LIMIT 1
  ) p ON true
  WHERE NOT a.is_known  -- a bare boolean: the planner takes half for granted, and joins what follows by hashing
),
period_new AS (  -- bills of one customer that share days become one period, from the first day to the last
  SELECT g.number, g.customer_id, g.period_asked, g.starts_on, g.ends_on,
    count(*) FILTER (WHERE g.is_apart) OVER (PARTITION BY g.customer_id
      ORDER BY g.starts_on, g.ends_on, g.number) AS island
  FROM (
    SELECT k.*, k.starts_on >= coalesce(max(k.ends_on) OVER (PARTITION BY k.customer_id
        ORDER BY k.starts_on, k.ends_on, k.number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), k.starts_on)
      AS is_apart
    FROM period_known k WHERE NOT k.has_period
  ) g
),
period_island AS MATERIALIZED (
  SELECT customer_id, island, (array_agg(period_asked ORDER BY starts_on, ends_on, number))[1] AS period_number,
    min(starts_on) AS starts_on, max(ends_on) AS ends_on, array_agg(number) AS numbers
  FROM period_new GROUP BY customer_id, island
),
period_added AS (
  INSERT INTO billing_bill_period AS p (customer_id, number, starts_on, ends_on, status)
  SELECT DISTINCT ON (customer_id, period_number) customer_id, period_number, starts_on, ends_on, 'closed'
  FROM period_island ORDER BY customer_id, period_number, starts_on
  ON CONFLICT (customer_id, number) DO UPDATE SET number = EXCLUDED.number
  RETURNING p.id, p.customer_id, p.number
),
invoice_added AS (
  INSERT INTO billing_invoice AS i (number, customer_id, bill_period_id, currency, issued_at, due_on, total_micros,
    usage_alias, status)
  SELECT k.number, k.customer_id, k.period_id, k.currency, k.issued_at, k.due_on, k.total_micros, k.usage_alias, 'issued'
  FROM period_known k WHERE k.has_period
  UNION ALL
  SELECT k.number, k.customer_id, a.id, k.currency, k.issued_at, k.due_on, k.total_micros, k.usage_alias, 'issued'
  FROM period_island n
  JOIN period_added a ON a.customer_id = n.customer_id AND a.number = n.period_number
  CROSS JOIN LATERAL unnest(n.numbers) AS u (number)
  JOIN invoice_asked k ON k.number = u.number
  ON CONFLICT (number) DO UPDATE SET number = EXCLUDED.number
  RETURNING i.id, i.number
),
invoice_filled AS (
  UPDATE billing_invoice AS i SET
    issued_at = CASE WHEN i.total_micros IS NULL AND a.total_micros IS NOT NULL THEN a.issued_at ELSE i.issued_at END,
    due_on = coalesce(i.due_on, a.due_on), total_micros = coalesce(i.total_micros, a.total_micros),
    usage_alias = CASE i.usage_alias WHEN '' THEN a.usage_alias ELSE i.usage_alias END
  FROM invoice_asked a
  WHERE a.is_known AND i.id = a.invoice_id AND ((i.due_on IS NULL AND a.due_on IS NOT NULL)
    OR (i.total_micros IS NULL AND a.total_micros IS NOT NULL) OR (i.usage_alias = '' AND a.usage_alias <> ''))
  RETURNING i.id
),
invoiced AS (
  SELECT invoice_id AS id, number FROM invoice_asked WHERE is_known
  UNION ALL
  SELECT id, number FROM invoice_added
)
