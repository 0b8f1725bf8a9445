-- Purpose     add cohort days up anew; the totals they had are gone by now
-- Parameters  programs bigint[], days date[]: which
-- Answer      none
WITH chosen AS (
  SELECT r.*
  FROM unnest(%(programs)s::bigint[], %(days)s::date[]) AS n (program_id, day)
  JOIN insights_cohort_day r ON r.program_id = n.program_id AND r.day = n.day
),
-- include: insights.total_rows
INSERT INTO insights_day_total
  (program_id, day, by, key, currency, payout_currency,
   charges, billed, disputes, accepted, accepted_partial, rejected, withdrawn, closed, open, automatic, invalid,
   credits, reversals, fees, billed_micros, asked_micros, decided_asked_micros, decided_micros, credited_micros,
   reversed_micros, fee_micros, payout_micros, clawed_micros, returned_micros)
SELECT
   program_id, day, by, key, currency, payout_currency,
   charges, billed, disputes, accepted, accepted_partial, rejected, withdrawn, closed, open, automatic, invalid,
   credits, reversals, fees, billed_micros, asked_micros, decided_asked_micros, decided_micros, credited_micros,
   reversed_micros, fee_micros, payout_micros, clawed_micros, returned_micros
FROM total_rows
