-- Purpose     a customer by its id, where the scope allows it
-- Parameters  customer_id bigint; those of scope_parameters
-- Answer      id, number, currency, zone; nothing for one that is absent or out of scope
SELECT cu.id, cu.number, cu.currency, z.name
FROM parties_customer cu
JOIN parties_zone z ON z.id = cu.zone_id
WHERE cu.id = %(customer_id)s::bigint
  AND (%(scope_everything)s::bool
       OR (num_nonnulls(%(scope_paths)s::text[], %(scope_tags)s::varchar[], %(scope_agents)s::text[],
                        %(scope_bill_profiles)s::text[]) > 0
           AND
           -- include: parties.customer_limits
          ))
