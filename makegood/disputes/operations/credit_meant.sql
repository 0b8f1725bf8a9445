  -- Published part of disputes: the credit that a reversal is for, as a: the named one or the newest that stands.
  -- Expects aliases i (item: credit_id), d (dispute).
  LEFT JOIN LATERAL (
    SELECT x.* FROM ledger_adjustment x
    WHERE x.dispute_id = d.id AND x.kind = 'credit' AND (i.credit_id IS NULL OR x.id = i.credit_id)
      AND NOT EXISTS (SELECT FROM ledger_adjustment r WHERE r.parent_id = x.id)
    ORDER BY x.round DESC LIMIT 1
  ) a ON true
