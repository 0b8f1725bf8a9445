-- Purpose     the policy's masks and facts for charges of one program
-- Parameters  charge_ids bigint[], asked bigint[], reason_codes text[], files int[]; the policy's own
-- Answer      charge id, fail_mask, missing_mask, facts
SELECT c.id,
       (
         -- splice: fail_mask
       ) AS fail_mask,
       (
         -- splice: missing_mask
       ) AS missing_mask,
       (
         -- splice: facts
       ) AS facts
FROM unnest(%(charge_ids)s::bigint[], %(asked)s::bigint[], %(reason_codes)s::text[], %(files)s::int[])
     AS i (charge_id, asked_micros, reason_code, files)
JOIN billing_charge c ON c.id = i.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
