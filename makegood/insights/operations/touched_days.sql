-- Part         the cohort days that journal events touch; a dispute belongs to the day of its charge
-- Expects a CTE  seen (event, object_kind, object_id, program_id, changes)
-- Gives        touched (program_id, day)
-- A correction is a new charge of the same day. Imports name their days in UTC; the program's own day is that one or one
-- beside it.
zoned AS (
  SELECT p.id AS program_id, coalesce(z.name, 'UTC') AS zone
  FROM parties_program p LEFT JOIN parties_zone z ON z.id = p.zone_id
),
touched AS (
  SELECT c.program_id, (c.received_at AT TIME ZONE z.zone)::date AS day
  FROM (SELECT DISTINCT object_id FROM seen
        WHERE object_kind = 'dispute'
          AND event NOT IN ('dispute.draft_saved', 'dispute.claimed', 'dispute.released', 'dispute.decided',
                            'dispute.undone', 'dispute.recommended', 'dispute.approved', 'dispute.declined',
                            'dispute.recommendation_withdrawn', 'dispute.taken_over', 'dispute.taken_out_of_turn',
                            'dispute.assigned', 'dispute.escalated', 'dispute.escalation_settled',
                            'dispute.marked_duplicate')) s
  JOIN disputes_dispute d ON d.id = s.object_id
  JOIN billing_charge c ON c.id = d.charge_id
  JOIN zoned z ON z.program_id = c.program_id
  UNION
  SELECT c.program_id, (c.received_at AT TIME ZONE z.zone)::date
  FROM seen s
  JOIN billing_charge c ON c.id = s.object_id
  JOIN zoned z ON z.program_id = c.program_id
  WHERE s.object_kind = 'charge'
  UNION
  SELECT z.program_id, named.day::date + beside
  FROM seen s
  JOIN zoned z ON z.program_id = coalesce(s.program_id, z.program_id)
  CROSS JOIN LATERAL jsonb_array_elements_text(
    CASE jsonb_typeof(s.changes -> 'days') WHEN 'array' THEN s.changes -> 'days' ELSE '[]' END) AS named (day)
  CROSS JOIN generate_series(-1, 1) AS beside
  WHERE s.object_kind <> 'dispute'
)
