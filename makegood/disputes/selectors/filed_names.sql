-- Purpose     the public ids of disputes that were just filed, and of their submissions
-- Parameters  ids bigint[]
-- Answer      id, public_id, the submission's public_id (null: none)
SELECT d.id, d.public_id, s.public_id
FROM disputes_dispute d LEFT JOIN disputes_submission s ON s.id = d.submission_id
WHERE d.id = ANY(%(ids)s::bigint[])
