-- Purpose     the customers that a scope's limits by customer allow, as far as they are asked for
-- Parameters  most int; scope_paths, scope_tags, scope_agents, scope_bill_profiles of scope_parameters
-- Answer      id
SELECT cu.id FROM parties_customer cu
WHERE
-- include: parties.customer_limits
LIMIT %(most)s::int
