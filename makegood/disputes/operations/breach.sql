-- Purpose     flag the clocks of disputes that reached their target or breach, once each
-- Parameters  dispute_ids bigint[], allowed_stages text[]; those of journal.append_events
-- Answer      ordinal, id, label, stage (null: no such dispute), warned text[] and breached text[] (kinds of clocks
--             that were flagged now), program_id
WITH items AS MATERIALIZED (
  SELECT u.* FROM unnest(%(dispute_ids)s::bigint[]) WITH ORDINALITY AS u (dispute_id, ordinal)
),
judged AS MATERIALIZED (
  SELECT d.id AS dispute_id, d.number, d.label, d.charge_id, d.stage, d.assignee_id, d.program_id, d.customer_id
  FROM disputes_dispute d
  WHERE d.id = ANY(%(dispute_ids)s::bigint[])
  ORDER BY d.charge_id
  FOR NO KEY UPDATE
),
locked AS MATERIALIZED (
  SELECT id FROM disputes_sla_clock
  WHERE dispute_id = ANY(%(dispute_ids)s::bigint[]) AND outcome = 'running'
  ORDER BY id FOR UPDATE -- in the order in which the reader of the journal locks them
),
flagged AS (
  UPDATE disputes_sla_clock k
  SET warned_at = coalesce(k.warned_at, %(at)s::timestamptz),
      breached_at = CASE WHEN k.breach_at <= %(at)s THEN coalesce(k.breached_at, %(at)s::timestamptz) END
  FROM judged j, locked l
  WHERE l.id = k.id AND k.dispute_id = j.dispute_id AND j.stage = ANY(%(allowed_stages)s::text[])
    AND k.outcome = 'running' AND k.paused_at IS NULL AND k.kind <> 'info'
    AND (k.kind <> 'first_touch' OR j.stage = 'pending')
    AND ((k.target_at <= %(at)s AND k.warned_at IS NULL) OR (k.breach_at <= %(at)s AND k.breached_at IS NULL))
  RETURNING k.dispute_id, k.kind, k.breached_at IS NOT NULL AS is_breach,
            CASE WHEN k.breached_at IS NOT NULL THEN k.breach_at ELSE k.target_at END AS due_at
),
to_journal AS (
  SELECT 'dispute' AS object_kind, j.dispute_id AS object_id, j.program_id, j.customer_id, c.vendor_id,
         'breach' AS verb, CASE WHEN f.is_breach THEN 'dispute.sla_breached' ELSE 'dispute.sla_warned' END AS event,
         jsonb_build_object('number', j.number, 'label', j.label, 'charge_id', j.charge_id, 'clock', f.kind,
                            'assignee', j.assignee_id, 'due_at', f.due_at) AS changes
  FROM flagged f
  JOIN judged j ON j.dispute_id = f.dispute_id
  JOIN billing_charge c ON c.id = j.charge_id
),
-- include: journal.append_events
SELECT i.ordinal, i.dispute_id, j.label, j.stage,
       coalesce((SELECT array_agg(f.kind ORDER BY f.kind) FROM flagged f
                 WHERE f.dispute_id = i.dispute_id AND NOT f.is_breach), '{}'),
       coalesce((SELECT array_agg(f.kind ORDER BY f.kind) FROM flagged f
                 WHERE f.dispute_id = i.dispute_id AND f.is_breach), '{}'),
       j.program_id
FROM items i
LEFT JOIN judged j ON j.dispute_id = i.dispute_id
ORDER BY i.ordinal
