-- Purpose     a page of what was billed although a batch told not to, in the order in which it was told
-- Parameters  program bigint; after, before bigint null: the line beyond which the page lies; rows int
-- Answer      batch, external_source, external_id, usage_id, customer number, disputes, currency, micros (change),
--             to_bill_micros, full_micros, at, line; backward where ``before`` is given
WITH late AS MATERIALIZED (
  SELECT n.* FROM (
    -- include: disputes.billed_nevertheless
  ) n
  WHERE (%(after)s::bigint IS NULL OR n.line > %(after)s::bigint)
    AND (%(before)s::bigint IS NULL OR n.line < %(before)s::bigint)
  ORDER BY CASE WHEN %(before)s::bigint IS NULL THEN n.line ELSE -n.line END
  LIMIT %(rows)s::int
)
SELECT 'X-' || n.number, c.external_source, c.external_id, c.usage_id, cu.number, told.labels, c.currency, n.micros,
       n.to_bill_micros, c.billed_micros + c.tax_micros, told.at, n.line
FROM late n
JOIN billing_charge c ON c.id = n.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
CROSS JOIN LATERAL (
  SELECT string_agg(DISTINCT d.label, ', ' ORDER BY d.label) AS labels, max(a.at) AS at
  FROM disputes_do_not_bill_batch b
  JOIN disputes_do_not_bill_line l ON l.batch_id = b.id AND l.charge_id = n.charge_id
  JOIN ledger_adjustment a ON a.id = l.adjustment_id
  JOIN disputes_dispute d ON d.id = a.dispute_id
  WHERE b.number = n.number
) told
ORDER BY CASE WHEN %(before)s::bigint IS NULL THEN n.line ELSE -n.line END
