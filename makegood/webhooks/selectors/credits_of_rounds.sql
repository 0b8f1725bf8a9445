-- Purpose     which credit was posted in a round of a dispute
-- Parameters  dispute_ids bigint[]
-- Answer      dispute_id, round, id
SELECT dispute_id, round, id FROM ledger_adjustment
WHERE dispute_id = ANY(%(dispute_ids)s::bigint[]) AND kind = 'credit'
