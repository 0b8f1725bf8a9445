-- Part         the roll-up of cohort days, from charges, disputes, decisions and adjustments
-- Expects a CTE  days (program_id, day)
-- Gives        cohort_rows: the columns of insights_cohort_day without its id
-- A dispute counts unless it was withdrawn within 10 minutes or opened by quality assurance; money counts always. Of
-- several rounds the last committed decision is taken. A charge that was corrected is counted as its correction says.
spans AS MATERIALIZED (
  SELECT n.program_id, n.day, n.day::timestamp AT TIME ZONE coalesce(z.name, 'UTC') AS starts_at,
         (n.day + 1)::timestamp AT TIME ZONE coalesce(z.name, 'UTC') AS ends_at
  FROM days n
  JOIN parties_program p ON p.id = n.program_id
  LEFT JOIN parties_zone z ON z.id = p.zone_id
),
cohort AS MATERIALIZED (
  SELECT n.program_id, n.day, c.*
  FROM spans n
  CROSS JOIN LATERAL (
    SELECT x.id, x.customer_id, x.vendor_id, x.campaign_id, x.category_id, x.currency, x.payout_currency,
           x.billed_at IS NOT NULL AS is_billed, x.billed_micros, x.payout_micros,
           NOT EXISTS (SELECT FROM billing_charge y WHERE y.corrects_id = x.id) AS stands
    FROM billing_charge x
    WHERE x.program_id = n.program_id AND x.received_at >= n.starts_at AND x.received_at < n.ends_at
    OFFSET 0  -- keeps this a look-up by index, day by day
  ) c
),
contested AS MATERIALIZED (
  SELECT k.*, d.reason_id, d.amount_micros AS asked_micros, x.kind, x.micros AS decided_micros,
         x.by_id IS NULL AS is_automatic, d.withdrawn_at IS NOT NULL AS is_withdrawn,
         d.closed_at IS NOT NULL AS is_closed,
         d.origin <> 'qa_proactive'
           AND coalesce(d.withdrawn_at - d.submitted_at > interval '10 minutes', true) AS counts,
         a.*
  FROM cohort k
  CROSS JOIN LATERAL (
    SELECT y.id, y.reason_id, y.amount_micros, y.withdrawn_at, y.closed_at, y.submitted_at, y.origin
    FROM disputes_dispute y WHERE y.charge_id = k.id AND y.stage <> 'draft'
    OFFSET 0  -- and this, charge by charge
  ) d
  LEFT JOIN LATERAL (
    SELECT y.kind, y.micros, y.by_id FROM disputes_decision y
    WHERE y.dispute_id = d.id AND y.state = 'committed' ORDER BY y.round DESC LIMIT 1
  ) x ON true
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE y.kind = 'credit') AS credits,
           count(*) FILTER (WHERE y.kind = 'reversal') AS reversals,
           count(*) FILTER (WHERE y.kind = 'reversal_fee') AS fees,
           -coalesce(sum(y.amount_micros) FILTER (WHERE y.kind = 'credit'), 0) AS credited_micros,
           coalesce(sum(y.amount_micros) FILTER (WHERE y.kind = 'reversal'), 0) AS reversed_micros,
           coalesce(sum(y.amount_micros) FILTER (WHERE y.kind = 'reversal_fee'), 0) AS fee_micros,
           -coalesce(sum(y.clawback_micros) FILTER (WHERE y.kind = 'credit'), 0) AS clawed_micros,
           coalesce(sum(y.clawback_micros) FILTER (WHERE y.kind = 'reversal'), 0) AS returned_micros
    FROM ledger_adjustment y WHERE y.charge_id = k.id AND y.dispute_id = d.id
  ) a
),
counted AS (
  SELECT program_id, day, customer_id, vendor_id, campaign_id, category_id, NULL::bigint AS reason_id, currency,
         payout_currency, count(*) AS charges, count(*) FILTER (WHERE is_billed) AS billed,
         0 AS disputes, 0 AS accepted, 0 AS accepted_partial, 0 AS rejected, 0 AS withdrawn, 0 AS closed, 0 AS open,
         0 AS automatic, 0 AS invalid, 0 AS credits, 0 AS reversals, 0 AS fees,
         sum(billed_micros) AS billed_micros, 0 AS asked_micros, 0 AS decided_asked_micros, 0 AS decided_micros,
         0 AS credited_micros, 0 AS reversed_micros, 0 AS fee_micros, sum(payout_micros) AS payout_micros,
         0 AS clawed_micros, 0 AS returned_micros
  FROM cohort
  WHERE stands
  GROUP BY program_id, day, customer_id, vendor_id, campaign_id, category_id, currency, payout_currency
  UNION ALL
  SELECT program_id, day, customer_id, vendor_id, campaign_id, category_id, reason_id, currency, payout_currency, 0, 0,
         count(*) FILTER (WHERE counts),
         count(*) FILTER (WHERE counts AND kind = 'accept'),
         count(*) FILTER (WHERE counts AND kind = 'partial'),
         count(*) FILTER (WHERE counts AND kind = 'reject'),
         count(*) FILTER (WHERE counts AND kind IS NULL AND is_withdrawn),
         count(*) FILTER (WHERE counts AND kind IS NULL AND NOT is_withdrawn AND is_closed),
         count(*) FILTER (WHERE counts AND kind IS NULL AND NOT is_withdrawn AND NOT is_closed),
         count(*) FILTER (WHERE counts AND kind IS NOT NULL AND is_automatic),
         count(DISTINCT id) FILTER (WHERE kind IN ('accept', 'partial')),
         sum(credits), sum(reversals), sum(fees), 0,
         coalesce(sum(asked_micros) FILTER (WHERE counts), 0),
         coalesce(sum(asked_micros) FILTER (WHERE counts AND kind IS NOT NULL), 0),
         coalesce(sum(decided_micros) FILTER (WHERE counts AND kind IS NOT NULL), 0),
         sum(credited_micros), sum(reversed_micros), sum(fee_micros), 0, sum(clawed_micros), sum(returned_micros)
  FROM contested
  GROUP BY program_id, day, customer_id, vendor_id, campaign_id, category_id, reason_id, currency, payout_currency
),
cohort_rows AS (
  SELECT program_id, day, customer_id, vendor_id, campaign_id, category_id, reason_id, currency, payout_currency,
         sum(charges)::int AS charges, sum(billed)::int AS billed, sum(disputes)::int AS disputes,
         sum(accepted)::int AS accepted, sum(accepted_partial)::int AS accepted_partial,
         sum(rejected)::int AS rejected, sum(withdrawn)::int AS withdrawn, sum(closed)::int AS closed,
         sum(open)::int AS open, sum(automatic)::int AS automatic, sum(invalid)::int AS invalid,
         sum(credits)::int AS credits, sum(reversals)::int AS reversals, sum(fees)::int AS fees,
         sum(billed_micros)::bigint AS billed_micros, sum(asked_micros)::bigint AS asked_micros,
         sum(decided_asked_micros)::bigint AS decided_asked_micros, sum(decided_micros)::bigint AS decided_micros,
         sum(credited_micros)::bigint AS credited_micros, sum(reversed_micros)::bigint AS reversed_micros,
         sum(fee_micros)::bigint AS fee_micros, sum(payout_micros)::bigint AS payout_micros,
         sum(clawed_micros)::bigint AS clawed_micros, sum(returned_micros)::bigint AS returned_micros
  FROM counted
  GROUP BY program_id, day, customer_id, vendor_id, campaign_id, category_id, reason_id, currency, payout_currency
)
