-- Purpose     take the lock of an idempotency key, and what is kept under it
-- Parameters  lock bigint, owner bigint, key text, now timestamptz
-- Answer      locked (false: somebody holds it), path, request_hash, response as text (null: nothing is kept)
SELECT l.locked, c.path, c.request_hash, c.response::text
FROM (SELECT pg_try_advisory_xact_lock(%(lock)s::bigint) AS locked) l
LEFT JOIN journal_command c
  ON c.principal = %(owner)s::bigint AND c.key = %(key)s::text AND c.expires_at > %(now)s::timestamptz
