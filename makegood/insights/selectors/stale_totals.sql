-- Purpose     the law of the totals: each is the sum of the rows of its day
-- Parameters  none
-- Answer      rows (where, what was found)
WITH chosen AS (
  SELECT * FROM insights_cohort_day
),
-- include: insights.total_rows
,
stored AS (
  SELECT
   program_id, day, by, key, currency, payout_currency,
   charges, billed, disputes, accepted, accepted_partial, rejected, withdrawn, closed, open, automatic, invalid,
   credits, reversals, fees, billed_micros, asked_micros, decided_asked_micros, decided_micros, credited_micros,
   reversed_micros, fee_micros, payout_micros, clawed_micros, returned_micros
  FROM insights_day_total
),
differing AS (
  (SELECT * FROM stored EXCEPT ALL SELECT * FROM total_rows)
  UNION ALL
  (SELECT * FROM total_rows EXCEPT ALL SELECT * FROM stored)
)
SELECT DISTINCT 'program ' || program_id || ', ' || day, 'is added up to other figures than its rows give'
FROM differing
ORDER BY 1
LIMIT 5
