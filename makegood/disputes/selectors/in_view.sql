  -- Published part of disputes: whether somebody sees a dispute; a draft is seen by its author alone, one that was opened
  -- unasked by the customer's people once they are told. For few disputes that were found by key.
  -- Expects aliases d (dispute), c (its charge), cu (its customer); those of view_parameters
  (d.stage <> 'draft' OR d.created_by_id IS NOT DISTINCT FROM %(viewer)s::bigint)
  AND
  -- include: disputes.told_outside
  AND
  -- include: parties.owned_in_scope
