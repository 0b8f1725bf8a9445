-- Purpose     how often a caller called around one call, at how many buyers, and how many of the calls were disputed
-- Parameters  caller text, at timestamptz, most int; those of scope_parameters
-- Answer      calls within 7 days of the moment, calls within 30, buyers within 30, disputed within 30
SELECT count(*) FILTER (WHERE abs(extract(epoch FROM f.occurred_at - %(at)s::timestamptz)) <= 7 * 86400),
       count(*), count(DISTINCT f.customer_id), count(*) FILTER (WHERE f.is_disputed)
FROM (
  SELECT c.occurred_at, c.customer_id,
         EXISTS (SELECT FROM disputes_dispute d
                 WHERE d.charge_id = c.id AND d.stage NOT IN ('draft', 'withdrawn')) AS is_disputed
  FROM billing_charge c
  JOIN parties_customer cu ON cu.id = c.customer_id
  WHERE c.caller_e164 = %(caller)s::text
    AND c.occurred_at BETWEEN %(at)s::timestamptz - interval '30 days' AND %(at)s::timestamptz + interval '30 days'
    AND NOT EXISTS (SELECT FROM billing_charge y WHERE y.corrects_id = c.id)
    AND
    -- include: parties.owned_in_scope
  LIMIT %(most)s::int
) f
