-- Purpose     compute cohort days anew; the rows they had are gone by now
-- Parameters  programs bigint[], days date[]: which
-- Answer      none
WITH days AS (
  SELECT * FROM unnest(%(programs)s::bigint[], %(days)s::date[]) AS n (program_id, day)
),
-- include: insights.cohort_rows
INSERT INTO insights_cohort_day
  (program_id, day, customer_id, vendor_id, campaign_id, category_id, reason_id, currency, payout_currency,
   charges, billed, disputes, accepted, accepted_partial, rejected, withdrawn, closed, open, automatic, invalid,
   credits, reversals, fees, billed_micros, asked_micros, decided_asked_micros, decided_micros, credited_micros,
   reversed_micros, fee_micros, payout_micros, clawed_micros, returned_micros)
SELECT
   program_id, day, customer_id, vendor_id, campaign_id, category_id, reason_id, currency, payout_currency,
   charges, billed, disputes, accepted, accepted_partial, rejected, withdrawn, closed, open, automatic, invalid,
   credits, reversals, fees, billed_micros, asked_micros, decided_asked_micros, decided_micros, credited_micros,
   reversed_micros, fee_micros, payout_micros, clawed_micros, returned_micros
FROM cohort_rows
