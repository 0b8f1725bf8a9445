-- Purpose     what credits, reversals and fees of customers in view come to, by period and currency
-- Splices     which: a condition on d, the dispute
-- Parameters  zone text (whose months count where there is no bill); those of the condition and of disputes.in_view
-- Answer      period, first_day, last_day (of a bill; null for a month), currency, count, net_micros, tax_micros,
--             newest (id), the latest period first
SELECT x.period, x.starts_on, x.ends_on - 1, x.currency, count(*), sum(x.amount_micros)::bigint,
       sum(x.tax_micros)::bigint, max(x.id)
FROM (
  SELECT a.id, a.currency, a.amount_micros, a.tax_micros, p.starts_on, p.ends_on,
         -- include: disputes.credit_period
  -- include: disputes.credits_in_view
) AS x
GROUP BY x.period, x.starts_on, x.ends_on, x.currency
ORDER BY max(max(x.id)) OVER (PARTITION BY x.period) DESC, x.currency
