-- Purpose     past disputes like one at hand, in the order in which they say most, until there are enough of them
-- Parameters  dispute_id bigint, program_id bigint, caller text, vendor_id bigint, source text, customer_id bigint,
--             reason_id bigint, shortest int, longest int, findings bigint[], most int, depth int; those of
--             view_parameters
-- Answer      those of precedent_facts, none twice
-- The parts of the union run one after the other, each only while rows are missing; each leaves out what came before.
-- By reason and by buyer only the latest are looked through, so that a long history costs no more than a short one.
SELECT * FROM (
(
  SELECT
  -- include: insights.precedent_facts
  FROM billing_charge c
  JOIN disputes_dispute d ON d.charge_id = c.id
  JOIN parties_customer cu ON cu.id = c.customer_id
  WHERE c.caller_e164 = %(caller)s::text
    AND
    -- include: insights.precedent_rules
  ORDER BY c.caller_e164, c.occurred_at DESC
  LIMIT %(most)s::int
)
UNION ALL
(
  SELECT
  -- include: insights.precedent_facts
  FROM (
    SELECT * FROM disputes_dispute
    WHERE reason_id = %(reason_id)s::bigint AND stage IN ('resolved', 'closed') AND outcome IS NOT NULL
    ORDER BY decided_at DESC LIMIT %(depth)s::int
  ) d
  JOIN billing_charge c ON c.id = d.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  WHERE c.vendor_id = %(vendor_id)s::bigint AND c.vendor_sub_id = %(source)s::text
    AND (c.caller_e164 = %(caller)s::text) IS NOT TRUE
    AND
    -- include: insights.precedent_rules
  LIMIT %(most)s::int
)
UNION ALL
(
  SELECT
  -- include: insights.precedent_facts
  FROM (
    SELECT * FROM disputes_dispute
    WHERE customer_id = %(customer_id)s::bigint
    ORDER BY submitted_at DESC, id DESC LIMIT %(depth)s::int
  ) d
  JOIN billing_charge c ON c.id = d.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  WHERE d.reason_id = %(reason_id)s::bigint
    AND (c.duration_s >= %(shortest)s::int OR c.duration_s IS NULL AND %(shortest)s::int IS NULL)
    AND (c.duration_s < %(longest)s::int OR %(longest)s::int IS NULL)
    AND (c.caller_e164 = %(caller)s::text) IS NOT TRUE
    AND (c.vendor_id, c.vendor_sub_id) IS DISTINCT FROM (%(vendor_id)s::bigint, %(source)s::text)
    AND
    -- include: insights.precedent_rules
  LIMIT %(most)s::int
)
UNION ALL
(
  SELECT
  -- include: insights.precedent_facts
  FROM (
    SELECT * FROM disputes_dispute
    WHERE reason_id = %(reason_id)s::bigint AND stage IN ('resolved', 'closed') AND outcome IS NOT NULL
    ORDER BY decided_at DESC LIMIT %(depth)s::int
  ) d
  JOIN billing_charge c ON c.id = d.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  WHERE d.finding_ids && %(findings)s::bigint[]
    AND (c.caller_e164 = %(caller)s::text) IS NOT TRUE
    AND (c.vendor_id, c.vendor_sub_id) IS DISTINCT FROM (%(vendor_id)s::bigint, %(source)s::text)
    AND d.customer_id <> %(customer_id)s::bigint
    AND
    -- include: insights.precedent_rules
  LIMIT %(most)s::int
)
) found
LIMIT %(most)s::int
