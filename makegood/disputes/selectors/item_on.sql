-- Purpose     find what a claim names: a feature or a usage record on an invoice of a customer
-- Parameters  customer_id bigint, invoice_number bigint, feature_id bigint, usage_id bigint (one of them is null),
--             resolution_id bigint (null: none); those of parties.owned_in_scope
-- Answer      charge id, currency, remaining_micros, code of the resolution (null: the program has none of that number or
--             none was asked), reason of web services (empty: none); nothing for what is not there or out of scope
WITH RECURSIVE bill AS (
  SELECT i.id FROM billing_invoice i
  WHERE i.number = %(invoice_number)s::bigint AND i.customer_id = %(customer_id)s::bigint
),
-- The correction of a feature keeps its number, that of a usage record has one of its own.
named AS (
  (SELECT c.id FROM bill JOIN billing_charge c ON c.invoice_id = bill.id
   WHERE c.kind = 'invoice_feature' AND c.feature_id = %(feature_id)s::bigint AND c.corrects_id IS NULL
   UNION ALL
   SELECT c.id FROM bill JOIN billing_charge c ON c.invoice_id = bill.id
   WHERE c.kind = 'usage' AND c.usage_id = %(usage_id)s::bigint)
  UNION ALL
  SELECT n.id FROM named o JOIN billing_charge n ON n.corrects_id = o.id
)
SELECT c.id, c.currency, c.billed_micros - coalesce(b.held_micros + b.credited_micros, 0), r.code,
       coalesce(p.settings ->> 'api_reason', '')
FROM named o
JOIN billing_charge c ON c.id = o.id
JOIN parties_customer cu ON cu.id = c.customer_id
JOIN parties_program p ON p.id = c.program_id
LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
LEFT JOIN disputes_resolution r ON r.id = %(resolution_id)s::bigint AND r.program_id = c.program_id AND r.is_active
WHERE NOT EXISTS (SELECT FROM billing_charge n WHERE n.corrects_id = c.id)
  AND
  -- include: parties.owned_in_scope
ORDER BY c.id
LIMIT 1
