  -- Published part of disputes: the code that refuses a fee ('' when it may go on). Expects aliases i (item:
  -- reversal_id, fee_micros, largest, version), d (dispute), a (disputes.reversal_meant); parameter
  -- charging_stages text[]
  CASE
    WHEN NOT (d.stage = ANY(%(charging_stages)s::text[])) THEN 'WRONG_STAGE'
    WHEN i.version IS NOT NULL AND i.version <> d.lock_version THEN 'VERSION_MISMATCH'
    WHEN a.id IS NULL AND EXISTS (
      SELECT FROM ledger_adjustment x WHERE x.dispute_id = d.id AND x.kind = 'reversal'
        AND (i.reversal_id IS NULL OR x.id = i.reversal_id)) THEN 'FEE_ALREADY_APPLIED'
    WHEN a.id IS NULL THEN 'NOT_REVERSED'
    WHEN i.fee_micros NOT BETWEEN 1 AND i.largest THEN 'FEE_OUT_OF_RANGE'
    ELSE ''
  END AS code
