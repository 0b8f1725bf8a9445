-- Purpose     what decisions stand on: their disputes where somebody sees them, with the settings of their program and
--             what it offers of what they name
-- Parameters  dispute_ids bigint[], resolutions text[] (codes; empty: none), findings text[] (codes, of all decisions),
--             few bool (whether accounts are looked at); those of disputes.in_view
-- Answer      dispute id, program id, resolution id (null: not on offer), accounts_missing (whether an account that a
--             credit would move has yet to be opened, as far as is known); and once per program, else null: its settings
--             and its findings of those named (ids by code), both json as text
SELECT d.id, d.program_id, o.id,
       NOT %(few)s::bool OR EXISTS (
         SELECT FROM (
           SELECT c.currency, c.payout_currency, c.tax_micros, c.payout_micros,
                  -- include: disputes.account_keys
         ) s
         -- include: disputes.moved_accounts
         WHERE k.key IS NOT NULL
           AND NOT EXISTS (SELECT FROM ledger_account a WHERE a.key = k.key AND a.currency = k.currency)
       ) AS accounts_missing,
       CASE WHEN row_number() OVER of_program = 1 THEN p.settings::text END,
       CASE WHEN row_number() OVER of_program = 1 AND %(findings)s::text[] <> '{}' THEN
         (SELECT jsonb_object_agg(f.code, f.id)::text FROM disputes_finding f
          WHERE f.program_id = p.id AND f.code = ANY(%(findings)s::text[]) AND f.is_active) END
FROM unnest(%(dispute_ids)s::bigint[], %(resolutions)s::text[]) AS u (dispute_id, resolution)
JOIN disputes_dispute d ON d.id = u.dispute_id
JOIN billing_charge c ON c.id = d.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
JOIN parties_program p ON p.id = d.program_id
LEFT JOIN disputes_resolution o ON o.program_id = p.id AND o.code = u.resolution AND o.is_active
WHERE
-- include: disputes.in_view
WINDOW of_program AS (PARTITION BY p.id ORDER BY d.id, u.resolution)
