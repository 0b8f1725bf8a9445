-- Purpose     the first of what waits, in order, and what the list asks for: both from one look through it
-- Parameters  size int (so many ids), most int (so many are counted and summed); those of the splice
-- Splices     listed: id, the key it is ordered by, submitted_at, currency and amount_micros of disputes
-- Answer      ids bigint[], currencies text[], counts bigint[], asked_micros bigint[]; the last three null for no dispute
WITH listed (id, at, submitted_at, currency, amount_micros) AS MATERIALIZED (
  -- splice: listed
)
SELECT ARRAY(SELECT l.id FROM listed l ORDER BY l.at, l.submitted_at, l.id LIMIT %(size)s::int),
       t.currencies, t.counts, t.asked
FROM (
  SELECT array_agg(s.currency::text) AS currencies, array_agg(s.n) AS counts, array_agg(s.asked) AS asked
  FROM (
    SELECT f.currency, count(*) AS n, sum(f.amount_micros)::bigint AS asked
    FROM (SELECT l.currency, l.amount_micros FROM listed l LIMIT %(most)s::int) f
    GROUP BY f.currency
  ) s
) t
