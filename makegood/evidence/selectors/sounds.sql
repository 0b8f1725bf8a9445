-- Purpose     the recordings of some charges that can be played, and who played any of them
-- Parameters  charges bigint[]
-- Answer      charge_id, duration_ms, segments text (JSON), heard_by bigint[]
SELECT r.charge_id, coalesce(r.duration_ms, 0), r.segments::text,
       ARRAY(SELECT DISTINCT a.user_id FROM evidence_recording_access a
             WHERE a.recording_id = r.id AND a.heard AND a.user_id IS NOT NULL)
FROM evidence_recording r
WHERE r.charge_id = ANY(%(charges)s::bigint[]) AND r.state = 'ready'
