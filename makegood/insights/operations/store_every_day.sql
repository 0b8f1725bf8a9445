-- Purpose     compute every cohort day anew; the table is empty by now
-- Parameters  none
-- Answer      none
WITH
-- include: insights.every_day
,
days AS (
  SELECT program_id, day FROM every_day
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
