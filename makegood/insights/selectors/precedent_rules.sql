  -- Part         which past disputes may be shown as similar: decided by other people, committed, not reversed, in scope
  -- Expects aliases d (dispute), c (its charge), cu (its customer); viewer, dispute_id, program_id, those of view_parameters
  d.id <> %(dispute_id)s::bigint
  AND d.program_id = %(program_id)s::bigint
  AND d.stage IN ('resolved', 'closed')
  AND d.outcome IS NOT NULL
  AND d.decided_by_id IS NOT NULL
  AND d.decided_by_id IS DISTINCT FROM %(viewer)s::bigint
  AND NOT EXISTS (SELECT FROM ledger_adjustment x JOIN ledger_adjustment y ON y.parent_id = x.id AND y.kind = 'reversal'
                  WHERE x.dispute_id = d.id AND x.round = d.round AND x.kind = 'credit')
  AND
  -- include: disputes.in_view
