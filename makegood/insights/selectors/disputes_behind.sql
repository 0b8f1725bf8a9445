-- Purpose     the disputes that a mark of a figure counts, the latest first
-- Parameters  program_id bigint, starts timestamptz, ends timestamptz (the cohort days), by text, key bigint, what text,
--             before bigint, most int; those of view_parameters
-- Answer      dispute ids
-- Walks the disputes from the latest on, each with its charge by key, until there are enough: a mark with many disputes
-- is found at once, one with few after a look at all of them. What counts is what insights.cohort_rows counts.
SELECT d.id
FROM disputes_dispute d
CROSS JOIN LATERAL (
  SELECT y.program_id, y.vendor_id FROM billing_charge y
  WHERE y.id = d.charge_id
    AND y.received_at >= %(starts)s::timestamptz AND y.received_at < %(ends)s::timestamptz
    AND (%(by)s::text <> 'vendor_id' OR y.vendor_id IS NOT DISTINCT FROM %(key)s::bigint)
    AND (%(by)s::text <> 'campaign_id' OR y.campaign_id IS NOT DISTINCT FROM %(key)s::bigint)
    AND (%(by)s::text <> 'category_id' OR y.category_id IS NOT DISTINCT FROM %(key)s::bigint)
  OFFSET 0
) c
JOIN parties_customer cu ON cu.id = d.customer_id
LEFT JOIN LATERAL (
  SELECT y.kind FROM disputes_decision y
  WHERE y.dispute_id = d.id AND y.state = 'committed' ORDER BY y.round DESC LIMIT 1
) x ON true
WHERE d.id < %(before)s::bigint
  AND d.stage <> 'draft'
  AND d.program_id = %(program_id)s::bigint
  AND (%(by)s::text <> 'customer_id' OR d.customer_id = %(key)s::bigint)
  AND (%(by)s::text <> 'reason_id' OR d.reason_id IS NOT DISTINCT FROM %(key)s::bigint)
  AND (%(what)s::text = 'invalid'
       OR d.origin <> 'qa_proactive' AND coalesce(d.withdrawn_at - d.submitted_at > interval '10 minutes', true))
  AND CASE %(what)s::text
        WHEN 'disputed' THEN true
        WHEN 'decided' THEN x.kind IS NOT NULL
        WHEN 'rejected' THEN x.kind = 'reject'
        WHEN 'open' THEN x.kind IS NULL AND d.withdrawn_at IS NULL AND d.closed_at IS NULL
        ELSE x.kind IN ('accept', 'partial')
      END
  AND
  -- include: disputes.in_view
ORDER BY d.id DESC
LIMIT %(most)s::int
