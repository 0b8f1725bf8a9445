-- Purpose     every time zone in use
-- Parameters  none
-- Answer      id, name
SELECT id, name FROM parties_zone ORDER BY id
