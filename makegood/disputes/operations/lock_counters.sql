-- Purpose     the usage counters that charges of one program would be counted in: made where missing, and locked until
--             the transaction ends, in key order, so that whoever judges next reads what nobody else can change
-- Parameters  charge_ids bigint[], reason_codes text[], origin text; the policy's own
-- Splices     joins, counters: of the rules that count
-- Answer      one row per counter
INSERT INTO disputes_usage_counter AS u (program_id, customer_id, key, period_start, used, used_micros, overrides)
SELECT DISTINCT k.program_id, k.customer_id, k.key, k.period_start, 0, 0, 0
FROM (
  SELECT c.program_id, x.customer_id, x.key, x.period_start
  FROM unnest(%(charge_ids)s::bigint[], %(reason_codes)s::text[]) AS t (charge_id, reason_code)
  CROSS JOIN LATERAL (SELECT t.charge_id, t.reason_code, %(origin)s::text AS origin) AS i
  JOIN billing_charge c ON c.id = i.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
  -- splice: joins
  CROSS JOIN LATERAL jsonb_to_recordset(
    -- splice: counters
  ) AS x (customer_id bigint, key text, period_start timestamptz)
) k
ORDER BY k.key, k.customer_id, k.period_start
ON CONFLICT (program_id, customer_id, key, period_start) DO UPDATE SET used = u.used
RETURNING u.id
