-- Purpose     what of the accounts of parties is on no statement yet, account by account
-- Parameters  party text (customer, vendor); kinds text[] (of accounts); sign int (1, vendors -1: from postings to what
--             the party's balance sees); party_ids bigint[] null (all); currency text null (any); up_to date: the last
--             day, in each party's own zone
-- Answer      account_key, currency, party_id, adjustment_ids bigint[], micros bigint[], early_micros
-- A credit on an item that was not billed stays with ACCRUED; once the item is billed after all, it is settled too.
WITH parties AS (
  SELECT id, zone_id, CASE WHEN billing_mode = 'prepaid' THEN 'WALLET:' ELSE 'AR:' END || id AS billed_key
  FROM parties_customer WHERE %(party)s::text = 'customer'
  UNION ALL
  SELECT id, zone_id, '' FROM parties_vendor WHERE %(party)s::text = 'vendor'
),
accounts AS (
  SELECT a.id, a.kind, a.key, a.currency, p.id AS party_id, p.billed_key,
         (%(up_to)s::date + 1)::timestamp AT TIME ZONE z.name AS ends_at
  FROM parties p
  JOIN parties_zone z ON z.id = p.zone_id
  CROSS JOIN unnest(%(kinds)s::text[]) AS k (kind)
  JOIN ledger_account a ON a.key = k.kind || ':' || p.id AND a.kind = k.kind
  WHERE (%(party_ids)s::bigint[] IS NULL OR p.id = ANY(%(party_ids)s::bigint[]))
    AND (%(currency)s::text IS NULL OR a.currency = %(currency)s::text)
),
lines AS (
  SELECT CASE WHEN a.kind = 'ACCRUED' THEN a.billed_key ELSE a.key END AS account_key, a.currency, a.party_id, a.kind,
         d.id AS adjustment_id, %(sign)s * sum(p.micros)::bigint AS micros
  FROM accounts a
  JOIN ledger_posting p ON p.account_id = a.id
  JOIN ledger_adjustment d ON d.entry_id = p.entry_id AND d.at < a.ends_at
  JOIN billing_charge c ON c.id = d.charge_id
  WHERE (a.kind <> 'ACCRUED' OR c.billed_at IS NOT NULL)
    AND NOT EXISTS (SELECT FROM disputes_statement_credit_line l
                    WHERE l.adjustment_id = d.id AND l.party = %(party)s::text)
  GROUP BY 1, 2, 3, 4, 5
)
SELECT account_key, currency, party_id, array_agg(adjustment_id ORDER BY adjustment_id),
       array_agg(micros ORDER BY adjustment_id), coalesce(sum(micros) FILTER (WHERE kind = 'ACCRUED'), 0)::bigint
FROM lines
GROUP BY account_key, currency, party_id
ORDER BY party_id, account_key, currency
