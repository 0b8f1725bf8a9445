-- Purpose     a token by its digest, with its person, role, and the limits of both
-- Parameters  digest bytea
-- Answer      id, digest, name, scopes, networks, per_minute, expires_at, revoked_at, last_used_at, limits, user id, its
--             label, is_active, customer_id, vendor_id, role key, verbs, max_decision_micros, the person's limits; limits
--             are [dimension, value, path of the subtree or null] as text
SELECT t.id, t.digest, t.name, t.scopes, t.networks, t.per_minute, t.expires_at, t.revoked_at, t.last_used_at,
       l.limits, u.id, coalesce(nullif(u.name, ''), u.email, ''), coalesce(u.is_active, false), u.customer_id,
       u.vendor_id, coalesce(r.key, ''), coalesce(r.verbs, '{}'), coalesce(u.max_decision_micros, r.max_decision_micros, '{}')::text,
       m.limits
FROM parties_token t
LEFT JOIN parties_user u ON u.id = t.acts_for_id
LEFT JOIN parties_role r ON r.id = u.role_id
CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(jsonb_build_array(g.dimension, g.value, c.path)), '[]')::text AS limits
  FROM parties_accessgrant g
  LEFT JOIN parties_customer c ON c.id = CASE WHEN g.dimension = 'customer_subtree' THEN g.value::bigint END
  WHERE g.token_id = t.id
) l
CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(jsonb_build_array(g.dimension, g.value, c.path)), '[]')::text AS limits
  FROM parties_accessgrant g
  LEFT JOIN parties_customer c ON c.id = CASE WHEN g.dimension = 'customer_subtree' THEN g.value::bigint END
  WHERE g.user_id = t.acts_for_id
) m
WHERE t.digest = %(digest)s::bytea
