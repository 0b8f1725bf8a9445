  -- Published part of parties: whether a scope allows a row that has a program, a customer and perhaps a vendor. For few
  -- rows that were found by key; a list is better asked customer by customer.
  -- Expects aliases cu (customer), c (its charge: program_id, vendor_id); those of scope_parameters
  (%(scope_everything)s::bool
   OR (NOT %(scope_nothing)s::bool
       AND
       -- include: parties.customer_limits
       AND (%(scope_programs)s::bigint[] IS NULL OR c.program_id = ANY(%(scope_programs)s::bigint[]))
       AND (%(scope_vendors)s::bigint[] IS NULL OR coalesce(c.vendor_id = ANY(%(scope_vendors)s::bigint[]), false))))
