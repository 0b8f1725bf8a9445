-- Purpose     write what a step set on locked disputes
-- Parameters  rows jsonb: array of {id, and every column below by its name}
-- Answer      how many
WITH written AS (
  UPDATE disputes_dispute d
  SET stage = r.stage, amount_micros = r.amount_micros, reason_id = r.reason_id, type = r.type,
      description = r.description, outcome = r.outcome, round = r.round, round_origin = r.round_origin,
      info_missing = r.info_missing, resolution_id = r.resolution_id, decided_micros = r.decided_micros,
      decided_clawback_micros = r.decided_clawback_micros, decided_by_id = r.decided_by_id,
      decided_at = r.decided_at, decision_note = r.decision_note, buyer_explanation = r.buyer_explanation,
      finding_ids = r.finding_ids, commit_after = r.commit_after, suggestion = r.suggestion,
      assignee_id = r.assignee_id, claimed_until = r.claimed_until, closed_at = r.closed_at,
      withdrawn_at = r.withdrawn_at, lock_version = r.lock_version, modified_at = r.modified_at,
      modified_by_id = r.modified_by_id, waits_for_signature = r.waits_for_signature
  FROM jsonb_populate_recordset(NULL::disputes_dispute, %(rows)s::jsonb) r
  WHERE d.id = r.id
  RETURNING d.id
)
SELECT count(*) FROM written
