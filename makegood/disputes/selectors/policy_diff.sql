-- Purpose     what of a program's charges two policies say differently, before anybody files
-- Parameters  program_id bigint; since, until timestamptz (received from, to before; null: any); above, upto bigint (ids
--             above, and up to; null: any); all bool (whether charges that both stop are counted); a_block, a_override, b_block, b_override bigint (bits of rules that keep a buyer from
--             filing); the parameters of both policies
-- Splices     a_mask, a_joins, b_mask, b_joins
-- Answer      a_bit, b_bit (the bit that stops it first; 0: nothing does), currency, b_mask (every bit of the second that
--             speaks), charges, micros, the first and the last charge; of charges that one of them lets pass, or of all
WITH a AS (
  SELECT c.id, c.currency, c.billed_micros,
         (
           -- splice: a_mask
         ) AS mask
  FROM billing_charge c
  JOIN parties_customer cu ON cu.id = c.customer_id
  LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
  -- include: disputes.no_claim
  -- splice: a_joins
  WHERE c.program_id = %(program_id)s::bigint
    AND (%(since)s::timestamptz IS NULL OR c.received_at >= %(since)s::timestamptz)
    AND (%(until)s::timestamptz IS NULL OR c.received_at < %(until)s::timestamptz)
    AND (%(above)s::bigint IS NULL OR c.id > %(above)s::bigint)
    AND (%(upto)s::bigint IS NULL OR c.id <= %(upto)s::bigint)
    AND NOT EXISTS (SELECT FROM billing_charge n WHERE n.corrects_id = c.id)
  OFFSET 0  -- so that each mask is computed once, and not wherever it is mentioned
),
b AS (
  SELECT c.id,
         (
           -- splice: b_mask
         ) AS mask
  FROM billing_charge c
  JOIN parties_customer cu ON cu.id = c.customer_id
  LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
  -- include: disputes.no_claim
  -- splice: b_joins
  WHERE c.program_id = %(program_id)s::bigint
    AND (%(since)s::timestamptz IS NULL OR c.received_at >= %(since)s::timestamptz)
    AND (%(until)s::timestamptz IS NULL OR c.received_at < %(until)s::timestamptz)
    AND (%(above)s::bigint IS NULL OR c.id > %(above)s::bigint)
    AND (%(upto)s::bigint IS NULL OR c.id <= %(upto)s::bigint)
  OFFSET 0  -- so that each mask is computed once, and not wherever it is mentioned
),
stopped AS (
  SELECT a.id, a.currency, a.billed_micros, b.mask AS b_mask,
         CASE WHEN a.mask & %(a_block)s::bigint <> 0 THEN a.mask & %(a_block)s::bigint
              ELSE a.mask & %(a_override)s::bigint END AS by_a,
         CASE WHEN b.mask & %(b_block)s::bigint <> 0 THEN b.mask & %(b_block)s::bigint
              ELSE b.mask & %(b_override)s::bigint END AS by_b
  FROM a JOIN b ON b.id = a.id
)
SELECT by_a & -by_a AS a_bit, by_b & -by_b AS b_bit, currency, b_mask, count(*), sum(billed_micros)::bigint, min(id), max(id)
FROM stopped
WHERE by_a = 0 OR by_b = 0 OR %(all)s
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
