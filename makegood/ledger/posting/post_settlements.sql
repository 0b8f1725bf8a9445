-- Published part of the ledger: the entry of a settled statement, with its postings.
-- Expects  to_settle (entry_id, origin): one row per entry, entry_id from ledger_entry_id_seq
--          to_settle_lines (entry_id, key, currency, micros): two lines or more per entry that sum to zero per currency;
--          their accounts exist
-- Parameter  at timestamptz
-- Gives    settled_entries (id), settled_postings (id)
settled_entries AS (
  INSERT INTO ledger_entry (id, at, kind, origin)
  SELECT entry_id, %(at)s::timestamptz, 'settlement', origin FROM to_settle
  RETURNING id
),
settled_postings AS (
  INSERT INTO ledger_posting (entry_id, account_id, currency, micros)
  SELECT t.entry_id, a.id, a.currency, t.micros
  FROM to_settle_lines t
  JOIN ledger_account a ON a.key = t.key AND a.currency = t.currency
  WHERE t.micros <> 0
  RETURNING id
)
