-- Purpose     the latest batches in which the billing system of a program was told what not to bill
-- Parameters  program bigint, rows int
-- Answer      batch number, at, teller (user id, may be null), items, currency, micros (change, with tax); a row per
--             batch and currency, the latest batch first
SELECT b.number, b.at, b.by_id, count(DISTINCT l.charge_id), c.currency, sum(l.micros)::bigint
FROM (SELECT x.id, x.number, x.at, x.by_id FROM disputes_do_not_bill_batch x
      WHERE x.program_id = %(program)s::bigint ORDER BY x.number DESC LIMIT %(rows)s::int) AS b
JOIN disputes_do_not_bill_line l ON l.batch_id = b.id
JOIN billing_charge c ON c.id = l.charge_id
GROUP BY b.number, b.at, b.by_id, c.currency
ORDER BY b.number DESC, c.currency
