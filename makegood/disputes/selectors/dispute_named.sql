  -- Published part of disputes: the dispute with that number, of that customer, where the scope allows it; one that limits
  -- by program or vendor alone shows no customer, and so nothing under its address.
  -- Expects aliases d (dispute), c (its charge), cu (its customer); parameters label text, customer_id bigint, outside
  -- bool and those of scope_parameters
  d.label = %(label)s::text AND d.customer_id = %(customer_id)s::bigint
  AND (%(scope_everything)s::bool
       OR num_nonnulls(%(scope_paths)s::text[], %(scope_tags)s::varchar[], %(scope_agents)s::text[],
                       %(scope_bill_profiles)s::text[]) > 0)
  AND
  -- include: disputes.told_outside
  AND
  -- include: parties.owned_in_scope
