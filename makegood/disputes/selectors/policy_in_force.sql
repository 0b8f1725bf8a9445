-- Purpose     the version of a program's policy that is effective at an instant, and the program's zone
-- Parameters  program_id bigint, at timestamptz
-- Answer      version id, program key, version number, zone name (null: none); no row when there is no such version
SELECT v.id, p.key, v.number, z.name
FROM disputes_policy o
JOIN parties_program p ON p.id = o.program_id
JOIN disputes_policy_version v ON v.policy_id = o.id
LEFT JOIN parties_zone z ON z.id = p.zone_id
WHERE o.program_id = %(program_id)s::bigint AND v.published_at IS NOT NULL AND v.effective @> %(at)s::timestamptz
