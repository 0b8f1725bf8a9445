-- Purpose     what claims stand on: their charges where the scope allows them, with the version of their program's policy
--             that is effective at an instant, and what the program offers of what they name
-- Parameters  charge_ids bigint[], reasons text[], resolutions text[] (codes; empty: none), at timestamptz; those of
--             parties.owned_in_scope
-- Answer      ordinal, program id, corrected (a newer charge stands in its place), program key, setting no_money (json as
--             text), version id (null: no policy), version number, zone name (null: none), reason id (null: no such
--             reason), its label, type, min_explanation_chars and requires_evidence, whether it is active, from and to which day
--             (null: no limit), resolution id (null: not on offer), off (disputing is switched off for the account);
--             nothing out of scope
SELECT u.ordinal, c.program_id, EXISTS (SELECT FROM billing_charge n WHERE n.corrects_id = c.id), p.key,
       (p.settings -> 'no_money')::text, v.id, v.number, z.name, r.id, r.label, r.type, r.min_explanation_chars,
       r.requires_evidence, r.is_active, r.active_from, r.active_to, s.id, NOT cu.dispute_permission
FROM unnest(%(charge_ids)s::bigint[], %(reasons)s::text[], %(resolutions)s::text[])
     WITH ORDINALITY AS u (charge_id, reason, resolution, ordinal)
JOIN billing_charge c ON c.id = u.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
JOIN parties_program p ON p.id = c.program_id
LEFT JOIN parties_zone z ON z.id = p.zone_id
LEFT JOIN disputes_policy o ON o.program_id = p.id
LEFT JOIN disputes_policy_version v
  ON v.policy_id = o.id AND v.published_at IS NOT NULL AND v.effective @> %(at)s::timestamptz
LEFT JOIN disputes_reason r ON r.program_id = p.id AND r.code = u.reason
LEFT JOIN disputes_resolution s ON s.program_id = p.id AND s.code = u.resolution AND s.is_active
WHERE
-- include: parties.owned_in_scope
