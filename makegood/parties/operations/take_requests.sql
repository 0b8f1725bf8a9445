-- Purpose     hand out a part of a token's requests of a minute; a clock that is behind counts in the later minute
-- Parameters  token_id bigint, minute timestamptz, wanted int, allowed int
-- Answer      granted, taken (by all together, never more than allowed)
INSERT INTO parties_token_use AS u (token_id, minute, taken)
VALUES (%(token_id)s::bigint, %(minute)s::timestamptz, least(%(wanted)s::int, %(allowed)s::int))
ON CONFLICT (token_id) DO UPDATE
SET minute = greatest(u.minute, EXCLUDED.minute),
    taken = least(%(allowed)s::int, EXCLUDED.taken + CASE WHEN u.minute >= EXCLUDED.minute THEN u.taken ELSE 0 END)
RETURNING new.taken - CASE WHEN old.minute >= %(minute)s::timestamptz THEN old.taken ELSE 0 END AS granted, new.taken
