-- Purpose     put the lines that were read bill by bill into chunks of about so many lines; a bill is never torn apart
-- Parameters  lines integer
-- Answer      none
-- Reads       bill_read; writes bill_stage: temporary tables of this session
INSERT INTO bill_stage
SELECT b.chunk,
-- splice: columns
FROM bill_read r
JOIN (
  SELECT bill, ((sum(size) OVER (ORDER BY first_n) - size)::bigint / %(lines)s::integer)::integer AS chunk
  FROM (SELECT bill, count(*) AS size, min(n) AS first_n FROM bill_read GROUP BY bill) x
) b USING (bill)
ORDER BY b.chunk, r.n, r.k
