-- Purpose     the policy's masks for every charge of a program, before anybody files
-- Parameters  program_id bigint; the policy's own
-- Answer      charge id, fail_mask, missing_mask
SELECT c.id,
       (
         -- splice: fail_mask
       ) AS fail_mask,
       (
         -- splice: missing_mask
       ) AS missing_mask
FROM billing_charge c
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
-- include: disputes.no_claim
-- splice: joins
WHERE c.program_id = %(program_id)s::bigint
