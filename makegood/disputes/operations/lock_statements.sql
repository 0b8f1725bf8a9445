-- Purpose     one closer of statements per account at a time; whoever posts to the account is not held up
-- Parameters  account_keys text[], currencies text[]
-- Answer      key, currency
SELECT a.key, a.currency
FROM ledger_account a
WHERE (a.key, a.currency) IN (SELECT * FROM unnest(%(account_keys)s::text[], %(currencies)s::text[]))
ORDER BY a.id
FOR NO KEY UPDATE
