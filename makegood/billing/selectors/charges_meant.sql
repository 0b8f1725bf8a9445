-- Purpose     charges that a list names, each in its own way, where the scope allows them: by our id, by their id at the
--             source, or by a feature or a usage record on an invoice
-- Parameters  charge_ids bigint[], sources text[], external_ids text[], invoices bigint[], features bigint[],
--             usages bigint[] (null: not named so); those of parties.owned_in_scope
-- Answer      ordinal, id, customer_id, currency, remaining_micros (billed less credited)
WITH items AS MATERIALIZED (
  SELECT u.*
  FROM unnest(%(charge_ids)s::bigint[], %(sources)s::text[], %(external_ids)s::text[], %(invoices)s::bigint[],
              %(features)s::bigint[], %(usages)s::bigint[])
       WITH ORDINALITY AS u (charge_id, source, external_id, invoice, feature, usage, ordinal)
),
named AS MATERIALIZED (
  SELECT i.ordinal, i.charge_id AS id FROM items i WHERE i.charge_id IS NOT NULL
  UNION ALL
  SELECT i.ordinal, c.id
  FROM items i JOIN billing_charge c ON c.external_source = i.source AND c.external_id = i.external_id
  WHERE i.external_id IS NOT NULL
  UNION ALL
  SELECT i.ordinal, c.id
  FROM items i JOIN billing_invoice b ON b.number = i.invoice
  JOIN billing_charge c ON c.invoice_id = b.id AND c.feature_id = i.feature
  WHERE i.feature IS NOT NULL AND c.kind = 'invoice_feature' AND c.corrects_id IS NULL
  UNION ALL
  SELECT i.ordinal, c.id
  FROM items i JOIN billing_invoice b ON b.number = i.invoice
  JOIN billing_charge c ON c.invoice_id = b.id AND c.usage_id = i.usage
  WHERE i.usage IS NOT NULL AND c.kind = 'usage'
)
SELECT n.ordinal, c.id, c.customer_id, c.currency, c.billed_micros - coalesce(b.credited_micros, 0)
FROM named n
JOIN billing_charge c ON c.id = n.id
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
WHERE
-- include: parties.owned_in_scope
