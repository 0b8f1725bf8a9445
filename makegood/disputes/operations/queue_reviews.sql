-- Purpose     draw the charges of one day of a program that are reviewed although nobody disputed them: a random sample
--             of all of them, and of the others those that a rule picks. The order is that of a hash of day and charge:
--             the same day draws the same charges. A day that was drawn is not drawn again
-- Parameters  program_id bigint, day date, since timestamptz, until timestamptz (half open: the day), at timestamptz;
--             sample int (how many at random), per_rule int (at most for each rule); new_first int, short_s int,
--             repeat_hours int (null: the rule is off), no_speech bool
-- Answer      population, unheard, size, picked; nothing where the day was drawn before
WITH of_day AS MATERIALIZED (
  SELECT c.id, c.customer_id, c.vendor_id, c.subkind, c.duration_s, c.speech_s, c.ring_only, c.caller_e164, c.occurred_at,
         c.lead_channel = 'phone' OR c.lead_channel = '' AND (c.subkind = 'call' OR c.duration_s IS NOT NULL) AS is_call,
         row_number() OVER (PARTITION BY c.vendor_id ORDER BY c.received_at, c.id) AS nth_of_day
  FROM billing_charge c
  WHERE c.program_id = %(program_id)s AND c.received_at >= %(since)s AND c.received_at < %(until)s
    AND c.kind = 'usage' AND c.subkind IN ('call', 'lead') AND c.billed_micros > 0
),
before AS MATERIALIZED (
  -- As one object, so that no plan ever walks the vendors once per charge. Nobody counts further than the rule asks.
  SELECT jsonb_object_agg(v.vendor_id, n.n) AS of_vendor
  FROM (SELECT DISTINCT o.vendor_id FROM of_day o WHERE o.vendor_id IS NOT NULL) v
  CROSS JOIN LATERAL (
    SELECT count(*) AS n
    FROM (SELECT FROM billing_charge h
          WHERE h.vendor_id = v.vendor_id AND h.received_at < %(since)s AND h.program_id = %(program_id)s
          LIMIT %(new_first)s::int) x
  ) n
  WHERE %(new_first)s::int IS NOT NULL
),
open_to_us AS MATERIALIZED (
  SELECT o.*, NOT o.is_call OR EXISTS (
           SELECT FROM evidence_recording r WHERE r.charge_id = o.id AND r.state = 'ready') AS can_be_heard
  FROM of_day o
  WHERE NOT EXISTS (SELECT FROM billing_charge n WHERE n.corrects_id = o.id)
    AND NOT EXISTS (SELECT FROM disputes_dispute d WHERE d.charge_id = o.id AND d.stage <> 'draft')
    AND NOT EXISTS (SELECT FROM disputes_review w WHERE w.charge_id = o.id AND w.state <> 'canceled')
),
ranked AS MATERIALIZED (
  SELECT h.*, row_number() OVER (ORDER BY h.place) AS nth, count(*) OVER () AS population
  FROM (SELECT o.*, md5(%(day)s::date::text || ':' || o.id::text) AS place FROM open_to_us o WHERE o.can_be_heard) h
),
ruled AS MATERIALIZED (
  SELECT r.*,
         CASE
           WHEN r.nth <= %(sample)s THEN 'random'
           WHEN r.nth_of_vendor <= %(new_first)s::int THEN 'new_vendor'
           WHEN r.is_call AND r.duration_s < %(short_s)s::int THEN 'short'
           WHEN %(no_speech)s AND r.is_call AND (r.speech_s = 0 OR r.ring_only) THEN 'no_speech'
           WHEN %(repeat_hours)s::int IS NOT NULL AND r.caller_e164 IS NOT NULL AND EXISTS (
                  SELECT FROM billing_charge e
                  WHERE e.caller_e164 = r.caller_e164 AND e.customer_id = r.customer_id AND e.occurred_at < r.occurred_at
                    AND e.occurred_at >= r.occurred_at - make_interval(hours => %(repeat_hours)s::int))
             THEN 'repeat_caller'
         END AS chosen_by
  FROM (SELECT k.*,
               CASE WHEN k.vendor_id IS NOT NULL
                    THEN k.nth_of_day + coalesce(((SELECT of_vendor FROM before) ->> k.vendor_id::text)::int, 0)
               END AS nth_of_vendor
        FROM ranked k) r
),
counted AS (
  SELECT u.*, row_number() OVER (PARTITION BY u.chosen_by ORDER BY u.place) AS nth_of_rule,
         count(*) OVER (PARTITION BY u.chosen_by) AS met_the_rule
  FROM ruled u WHERE u.chosen_by IS NOT NULL
),
chosen AS MATERIALIZED (
  SELECT * FROM counted WHERE chosen_by = 'random' OR nth_of_rule <= %(per_rule)s
),
drawn AS (
  INSERT INTO disputes_review_draw (program_id, day, asked, population, unheard, size, picked, at)
  SELECT %(program_id)s, %(day)s, %(sample)s, (SELECT count(*) FROM ranked),
         (SELECT count(*) FROM open_to_us WHERE NOT can_be_heard),
         (SELECT count(*) FROM chosen WHERE chosen_by = 'random'),
         (SELECT count(*) FROM chosen WHERE chosen_by <> 'random'), %(at)s
  ON CONFLICT (program_id, day) DO NOTHING
  RETURNING id, population, unheard, size, picked
),
queued AS (
  INSERT INTO disputes_review
    (charge_id, program_id, customer_id, draw_id, chosen_by, chance, why, queued_at, state, finding_ids, heard, tags, note)
  SELECT c.id, %(program_id)s, c.customer_id, d.id, c.chosen_by,
         CASE WHEN c.chosen_by = 'random' THEN round(least(%(sample)s, c.population)::numeric / c.population, 18)
              ELSE round(least(%(per_rule)s, c.met_the_rule)::numeric / c.met_the_rule, 18) END,
         CASE c.chosen_by WHEN 'new_vendor' THEN jsonb_build_object('nth', c.nth_of_vendor)
                          WHEN 'short' THEN jsonb_build_object('seconds', c.duration_s)
                          WHEN 'repeat_caller' THEN jsonb_build_object('hours', %(repeat_hours)s::int)
                          ELSE '{}'::jsonb END,
         %(at)s, 'queued', '{}', '[]', '{}', ''
  FROM chosen c CROSS JOIN drawn d
  ORDER BY c.chosen_by <> 'random', c.place
  -- Somebody may have put one of them there by hand in the same moment.
  ON CONFLICT (charge_id) WHERE state IN ('queued', 'claimed') DO NOTHING
)
SELECT population, unheard, size, picked FROM drawn
