-- Part         rows of cohort days added up along each dimension
-- Expects a CTE  chosen (the columns of insights_cohort_day)
-- Gives        total_rows: the columns of insights_day_total without its id
total_rows AS (
  SELECT r.program_id, r.day, g.by, g.key, r.currency, r.payout_currency,
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
  FROM chosen r
  CROSS JOIN LATERAL (
    VALUES ('day', NULL), ('customer_id', r.customer_id), ('vendor_id', r.vendor_id), ('campaign_id', r.campaign_id),
           ('category_id', r.category_id), ('reason_id', r.reason_id)
  ) AS g (by, key)
  GROUP BY r.program_id, r.day, g.by, g.key, r.currency, r.payout_currency
)
