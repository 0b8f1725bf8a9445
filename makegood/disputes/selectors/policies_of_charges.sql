-- Purpose     the charges of a list by program, with the version of its policy that is effective at an instant
-- Parameters  charge_ids bigint[], at timestamptz
-- Answer      charge ids, program id, version id, program key, version number, zone name (null: none); nothing of a
--             program without such a version
SELECT a.charge_ids, a.program_id, v.id, p.key, v.number, z.name
FROM (
  SELECT c.program_id, array_agg(c.id) AS charge_ids
  FROM billing_charge c WHERE c.id = ANY(%(charge_ids)s::bigint[])
  GROUP BY c.program_id
) AS a
JOIN parties_program p ON p.id = a.program_id
JOIN disputes_policy o ON o.program_id = a.program_id
JOIN disputes_policy_version v ON v.policy_id = o.id
LEFT JOIN parties_zone z ON z.id = p.zone_id
WHERE v.published_at IS NOT NULL AND v.effective @> %(at)s::timestamptz
