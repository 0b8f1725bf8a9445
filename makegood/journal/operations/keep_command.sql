-- Purpose     keep the answer of a command; one that is kept already stays, unless its time is over
-- Parameters  owner bigint, key text, path text, hash text, response jsonb, at timestamptz, until timestamptz
-- Answer      id; no row where another answer is kept
INSERT INTO journal_command AS c (principal, key, path, request_hash, response, at, expires_at)
VALUES (%(owner)s::bigint, %(key)s::text, %(path)s::text, %(hash)s::text, %(response)s::jsonb, %(at)s::timestamptz,
        %(until)s::timestamptz)
ON CONFLICT (principal, key) DO UPDATE
SET path = EXCLUDED.path, request_hash = EXCLUDED.request_hash, response = EXCLUDED.response, at = EXCLUDED.at,
    expires_at = EXCLUDED.expires_at
WHERE c.expires_at <= EXCLUDED.at
RETURNING c.id
