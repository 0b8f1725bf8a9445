  -- Published part of disputes: the code that refuses a reversal ('' when it may go on). Expects aliases i (item:
  -- credit_id, version), d (dispute), a (disputes.credit_meant); parameter reversible_stages text[]
  CASE
    WHEN NOT (d.stage = ANY(%(reversible_stages)s::text[])) THEN 'WRONG_STAGE'
    WHEN i.version IS NOT NULL AND i.version <> d.lock_version THEN 'VERSION_MISMATCH'
    WHEN a.id IS NULL AND EXISTS (
      SELECT FROM ledger_adjustment x WHERE x.dispute_id = d.id AND x.kind = 'credit'
        AND (i.credit_id IS NULL OR x.id = i.credit_id)) THEN 'ALREADY_REVERSED'
    WHEN a.id IS NULL THEN 'NOT_ADJUSTED'
    ELSE ''
  END AS code
