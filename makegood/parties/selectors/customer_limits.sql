  -- Published part of parties: what a scope's limits by customer say of a customer; true where it has none of them.
  -- Expects alias cu (customer); those of scope_parameters
  (%(scope_paths)s::text[] IS NULL OR cu.path ^@ ANY(%(scope_paths)s::text[]))
  AND (%(scope_tags)s::varchar[] IS NULL OR cu.tags && %(scope_tags)s::varchar[])
  AND (%(scope_agents)s::text[] IS NULL OR cu.agent = ANY(%(scope_agents)s::text[]))
  AND (%(scope_bill_profiles)s::text[] IS NULL OR cu.bill_profile = ANY(%(scope_bill_profiles)s::text[]))
