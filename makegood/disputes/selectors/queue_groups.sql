-- Purpose     disputes of a list that was cut off, grouped by what they have in common: a row per group and currency
-- Parameters  by text (caller, vendor, case), most int (disputes that are grouped), least int (smaller groups are only
--             counted, whatever their currencies: there are thousands of them); those of the splice
-- Splices     listed: id, currency, amount_micros, submitted_at, customer_id, charge_id and submission_id of disputes
-- Answer      listed (disputes in the list), single (groups of one dispute), key, label, currency, n, asked_micros, oldest,
--             first, first_label, buyers; key is null where no group is large enough
WITH listed (id, currency, amount_micros, submitted_at, customer_id, charge_id, submission_id) AS MATERIALIZED (
  -- splice: listed
),
keyed AS (
  SELECT d.id, d.currency, d.amount_micros, d.submitted_at, d.customer_id,
         CASE %(by)s::text WHEN 'caller' THEN nullif(c.caller_e164, '') WHEN 'vendor' THEN c.vendor_id::text
                           ELSE s.number::text END AS key
  FROM (SELECT * FROM listed ORDER BY submitted_at, id LIMIT %(most)s::int) d
  LEFT JOIN billing_charge c ON c.id = d.charge_id AND %(by)s::text <> 'case'
  LEFT JOIN disputes_submission s ON s.id = d.submission_id AND %(by)s::text = 'case'
),
grouped AS MATERIALIZED (
  SELECT key, currency, count(*) AS n, sum(amount_micros)::bigint AS asked_micros, min(submitted_at) AS oldest,
         min(id) AS first, count(DISTINCT customer_id) AS buyers, sum(count(*)) OVER (PARTITION BY key) AS together
  FROM keyed WHERE key IS NOT NULL GROUP BY key, currency
)
SELECT (SELECT count(*) FROM listed), t.single, g.key,
       CASE %(by)s::text WHEN 'vendor' THEN v.name WHEN 'case' THEN cu.name ELSE '' END,
       g.currency, g.n, g.asked_micros, g.oldest, g.first, d.label, g.buyers
FROM (SELECT count(*) AS single FROM grouped WHERE together = 1) t
LEFT JOIN grouped g ON g.together >= %(least)s::int
LEFT JOIN disputes_dispute d ON d.id = g.first
LEFT JOIN disputes_submission s ON s.id = d.submission_id
LEFT JOIN parties_customer cu ON cu.id = s.customer_id
LEFT JOIN billing_charge c ON c.id = d.charge_id
LEFT JOIN parties_vendor v ON v.id = c.vendor_id
