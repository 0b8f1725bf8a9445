-- Purpose     credits, reversals and fees of customers in view, each with what stood before it and the bill it stands on
-- Splices     which: a condition on d, the dispute
-- Parameters  zone text (whose months count where there is no bill), period text (null: any), before bigint (null: from
--             the newest), rows int; those of the condition and of disputes.in_view
-- Answer      id, at, kind, currency, net_micros, tax_micros, running_micros (net and tax, with this row, of what was
--             chosen, per currency), dispute label, charge_id, period, bill (number; null: none yet), statement (number; null)
--             Amounts are signed as the customer's balance sees them: a credit is below zero.
SELECT x.id, x.at, x.kind, x.currency, x.amount_micros, x.tax_micros, x.running, x.label, x.charge_id, x.period, x.bill,
       x.statement
FROM (
  SELECT a.id, a.at, a.kind, a.currency, a.amount_micros, a.tax_micros, d.label, a.charge_id, p.number AS bill,
         s.number AS statement,
         sum(a.amount_micros + a.tax_micros) OVER (PARTITION BY a.currency ORDER BY a.id)::bigint AS running,
         -- include: disputes.credit_period
  -- include: disputes.credits_in_view
) AS x
WHERE (%(period)s::text IS NULL OR x.period = %(period)s::text)
  AND (%(before)s::bigint IS NULL OR x.id < %(before)s::bigint)
ORDER BY x.id DESC
LIMIT %(rows)s::int
