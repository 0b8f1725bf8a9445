-- Purpose     the decision that stands in a dispute's present round
-- Parameters  dispute_id bigint
-- Answer      its id; no row where nothing was decided, or it was undone
SELECT x.id
FROM disputes_dispute d
JOIN disputes_decision x ON x.dispute_id = d.id AND x.round = d.round AND x.state <> 'undone'
WHERE d.id = %(dispute_id)s::bigint
