  -- Published part of disputes: the reversal that a fee is for, as a: the named one or the newest without a fee.
  -- Expects aliases i (item: reversal_id), d (dispute).
  LEFT JOIN LATERAL (
    SELECT x.* FROM ledger_adjustment x
    WHERE x.dispute_id = d.id AND x.kind = 'reversal' AND (i.reversal_id IS NULL OR x.id = i.reversal_id)
      AND NOT EXISTS (SELECT FROM ledger_adjustment f WHERE f.parent_id = x.id)
    ORDER BY x.id DESC LIMIT 1
  ) a ON true
