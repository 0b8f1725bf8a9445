-- Purpose     charges in scope by what people call them, each name in every way it may be meant; of each way the newest
-- Parameters  texts text[] (their id at the source), numbers bigint[] (an invoice, or our id; null: no number),
--             phones text[] (E.164; null: no telephone number), most int (of each name and way); those of
--             parties.owned_in_scope
-- Answer      ordinal, way (1 id at the source, 2 invoice, 3 caller, 4 our id), id; by ordinal, way, the newest first
WITH RECURSIVE sources AS (
  -- The few sources, hopped over in the index that begins with them; each name is then one look-up per source.
  (SELECT c.external_source AS name FROM billing_charge c ORDER BY c.external_source LIMIT 1)
  UNION ALL
  SELECT (SELECT c.external_source FROM billing_charge c WHERE c.external_source > s.name
          ORDER BY c.external_source LIMIT 1)
  FROM sources s WHERE s.name IS NOT NULL
),
items AS MATERIALIZED (
  SELECT u.* FROM unnest(%(texts)s::text[], %(numbers)s::bigint[], %(phones)s::text[])
                  WITH ORDINALITY AS u (text, number, phone, ordinal)
),
invoices AS MATERIALIZED (
  -- Found first: joined inside the limit, the planner walks the whole log from its end, name by name.
  SELECT i.ordinal, v.id AS invoice_id FROM items i JOIN billing_invoice v ON v.number = i.number
),
named AS (
  SELECT i.ordinal, 1 AS way, c.id, c.occurred_at
  FROM items i CROSS JOIN sources s
  JOIN billing_charge c ON c.external_source = s.name AND c.external_id = i.text
  JOIN parties_customer cu ON cu.id = c.customer_id
  WHERE
  -- include: parties.owned_in_scope
  UNION ALL
  SELECT i.ordinal, 2, f.id, f.occurred_at
  FROM invoices i CROSS JOIN LATERAL (
    SELECT c.id, c.occurred_at FROM billing_charge c JOIN parties_customer cu ON cu.id = c.customer_id
    WHERE c.invoice_id = i.invoice_id AND
    -- include: parties.owned_in_scope
    ORDER BY c.id DESC LIMIT %(most)s
  ) f
  UNION ALL
  SELECT i.ordinal, 3, f.id, f.occurred_at
  FROM items i CROSS JOIN LATERAL (
    SELECT c.id, c.occurred_at FROM billing_charge c JOIN parties_customer cu ON cu.id = c.customer_id
    WHERE c.caller_e164 = i.phone AND
    -- include: parties.owned_in_scope
    -- The sum keeps the planner from walking the whole log from its newest call, in hope of an early end.
    ORDER BY c.occurred_at + interval '0' DESC LIMIT %(most)s
  ) f
  WHERE i.phone IS NOT NULL
  UNION ALL
  SELECT i.ordinal, 4, c.id, c.occurred_at
  FROM items i JOIN billing_charge c ON c.id = i.number JOIN parties_customer cu ON cu.id = c.customer_id
  WHERE
  -- include: parties.owned_in_scope
)
SELECT ordinal, way, id FROM named ORDER BY ordinal, way, occurred_at DESC, id DESC
