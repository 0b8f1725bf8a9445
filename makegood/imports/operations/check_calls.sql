-- Purpose     what of the checked calls can still be contested, by rule and by likely reason
-- Parameters  batch bigint; block, override bigint (bits of rules that keep a buyer from filing); short_s int;
--             duplicate_days int; the policy's own
-- Reads       import_checked (charge_id): calls of the file that were billed before; the batch's own charges
-- Answer      rows (kind, which, currency, calls, micros, detail jsonb): 'open' and 'billed' per currency; 'rule' per
--             bit and currency, with the facts of the latest call; 'sign' per sign and currency; 'first' per zone,
--             with the earliest anchors of open calls
WITH judged AS MATERIALIZED (
  SELECT c.id, c.currency, c.billed_micros, c.billed_at, c.received_at, c.occurred_at, c.tz_id,
         (
-- splice: fail_mask
         ) AS fail_mask,
         (
-- splice: facts
         ) AS facts,
         CASE
           WHEN c.answered = false OR c.connect_s = 0 THEN 'NOT_CONNECTED'
           WHEN c.connect_s < %(short_s)s::int THEN 'HUNG_UP_IMMEDIATELY'
           WHEN c.connect_s < m.billable_after_s THEN 'BELOW_BILLABLE_DURATION'
           WHEN 'repeat_for_buyer' = ANY(c.platform_tags) OR EXISTS (
             SELECT FROM billing_charge e
             WHERE e.caller_e164 = c.caller_e164 AND e.occurred_at < c.occurred_at
               AND e.occurred_at >= c.occurred_at
                 - make_interval(days => coalesce(m.duplicate_window_days, %(duplicate_days)s::int))
               AND e.billed_at IS NOT NULL AND e.billed_micros > 0 AND e.program_id = c.program_id
               AND e.customer_id = c.customer_id AND e.campaign_id IS NOT DISTINCT FROM c.campaign_id
           ) THEN 'DUPLICATE'
           WHEN c.caller_e164 IS NULL THEN 'WITHHELD'
         END AS sign
  FROM billing_charge c
  JOIN parties_customer cu ON cu.id = c.customer_id
  LEFT JOIN LATERAL (  -- what the campaign asks for, where it says so in numbers
    SELECT
      CASE WHEN jsonb_typeof(k.criteria -> 'billable_after_s') = 'number'
           THEN (k.criteria -> 'billable_after_s')::int END AS billable_after_s,
      CASE WHEN jsonb_typeof(k.criteria -> 'duplicate_window_days') = 'number'
           THEN (k.criteria -> 'duplicate_window_days')::int END AS duplicate_window_days
    FROM billing_campaign k WHERE k.id = c.campaign_id
  ) m ON true
  LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
  -- include: disputes.no_claim
  -- splice: joins
  WHERE c.import_batch = %(batch)s::bigint OR c.id IN (SELECT charge_id FROM import_checked)
), contestable AS (
  SELECT * FROM judged WHERE fail_mask & (%(block)s::bigint | %(override)s::bigint) = 0 AND billed_micros > 0
)
SELECT 'open' AS kind, '' AS which, currency, count(*) AS calls, sum(billed_micros) AS micros, NULL::jsonb AS detail
FROM contestable GROUP BY currency
UNION ALL
SELECT 'billed', '', currency, count(*), sum(billed_micros), NULL 
FROM judged WHERE billed_at IS NOT NULL GROUP BY currency
UNION ALL
SELECT 'rule', bit::text, currency, count(*), sum(billed_micros), (array_agg(facts ORDER BY occurred_at DESC))[1]
FROM judged
CROSS JOIN LATERAL (  -- what stops it: the first rule that blocks, else that needs an override; else all that warn
  SELECT CASE WHEN fail_mask & %(block)s::bigint <> 0 THEN fail_mask & %(block)s::bigint
              ELSE fail_mask & %(override)s::bigint END AS stops
) AS h
CROSS JOIN generate_series(0, 59) AS r (bit)
WHERE CASE WHEN stops <> 0 THEN stops & -stops ELSE fail_mask END & (1::bigint << bit) <> 0
GROUP BY bit, currency
UNION ALL
SELECT 'sign', sign, currency, count(*), sum(billed_micros), NULL 
FROM contestable WHERE sign IS NOT NULL GROUP BY sign, currency
UNION ALL
SELECT 'first', '', '', count(*), 0, jsonb_build_object(
  'received_at', min(received_at), 'billed_at', min(billed_at),
  'zone', (SELECT name FROM parties_zone z WHERE z.id = tz_id))
FROM contestable GROUP BY tz_id
ORDER BY 1, 2, 3
