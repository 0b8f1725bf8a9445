-- Purpose     the law of the roll-up: what is stored equals what charges, disputes and adjustments say
-- Parameters  none
-- Answer      rows (where, what was found): days that differ; days that wait to be computed anew are left out
WITH seen AS (
  SELECT e.event, e.object_kind, e.object_id, e.program_id, e.changes
  FROM journal_event e
  LEFT JOIN journal_cursor k ON k.reader = 'statistics'
  WHERE (e.epoch, e.written_by, e.id)
        > (coalesce(k.epoch, 0), coalesce(k.written_by, '0'::xid8), coalesce(k.event_id, 0))
),
-- include: insights.touched_days
,
-- include: insights.every_day
,
waiting AS MATERIALIZED (
  SELECT program_id, day FROM touched UNION SELECT program_id, day FROM insights_dirty_day
),
days AS MATERIALIZED (
  SELECT program_id, day FROM every_day EXCEPT SELECT program_id, day FROM waiting
),
-- include: insights.cohort_rows
,
stored AS (
  SELECT
   program_id, day, customer_id, vendor_id, campaign_id, category_id, reason_id, currency, payout_currency,
   charges, billed, disputes, accepted, accepted_partial, rejected, withdrawn, closed, open, automatic, invalid,
   credits, reversals, fees, billed_micros, asked_micros, decided_asked_micros, decided_micros, credited_micros,
   reversed_micros, fee_micros, payout_micros, clawed_micros, returned_micros
  FROM insights_cohort_day
  WHERE (program_id, day) NOT IN (SELECT program_id, day FROM waiting)
),
differing AS (
  (SELECT * FROM stored EXCEPT ALL SELECT * FROM cohort_rows)
  UNION ALL
  (SELECT * FROM cohort_rows EXCEPT ALL SELECT * FROM stored)
)
SELECT DISTINCT 'program ' || program_id || ', ' || day, 'is stored with other figures than its charges and disputes give'
FROM differing
ORDER BY 1
LIMIT 5
