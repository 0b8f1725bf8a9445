-- Purpose     what a policy version is called, and its program's time zone
-- Parameters  id bigint
-- Answer      program key, number, zone name or null
SELECT g.key, v.number, z.name
FROM disputes_policy_version v
JOIN disputes_policy p ON p.id = v.policy_id
JOIN parties_program g ON g.id = p.program_id
LEFT JOIN parties_zone z ON z.id = g.zone_id
WHERE v.id = %(id)s::bigint
