-- Purpose     the latest disputes of a reason, whose explanations are compared
-- Parameters  dispute_id bigint, program_id bigint, reason_id bigint, most int; those of view_parameters
-- Answer      those of precedent_facts
SELECT
-- include: insights.precedent_facts
FROM (
  SELECT * FROM disputes_dispute
  WHERE reason_id = %(reason_id)s::bigint AND stage IN ('resolved', 'closed') AND outcome IS NOT NULL
  ORDER BY decided_at DESC LIMIT %(most)s::int
) d
JOIN billing_charge c ON c.id = d.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
WHERE
-- include: insights.precedent_rules
