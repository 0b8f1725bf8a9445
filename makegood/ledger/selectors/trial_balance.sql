-- Purpose  the trial balance: debits and credits per currency and kind of account
-- Answer   currency, kind, debit_micros, credit_micros, accounts, postings
SELECT p.currency, a.kind,
       coalesce(sum(p.micros) FILTER (WHERE p.micros > 0), 0)::numeric,
       coalesce(-sum(p.micros) FILTER (WHERE p.micros < 0), 0)::numeric,
       count(DISTINCT a.id), count(*)
FROM ledger_posting p
JOIN ledger_account a ON a.id = p.account_id
GROUP BY p.currency, a.kind
ORDER BY p.currency, a.kind
