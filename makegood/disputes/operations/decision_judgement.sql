  -- Published part of disputes: the amount a decision means, and the code that refuses it ('' when it may go on).
  -- Expects aliases u (item: kind, micros, version), d (dispute), b (balance); parameters allowed_stages text[],
  -- limits jsonb (currency -> largest micros one may decide alone; empty: no limit, a currency left out: nothing), over_limit bool, person bool
  CASE u.kind WHEN 'accept' THEN d.amount_micros WHEN 'partial' THEN u.micros ELSE 0 END AS decided_micros,
  CASE
    WHEN NOT (d.stage = ANY(%(allowed_stages)s::text[])) THEN 'WRONG_STAGE'
    WHEN u.version IS NOT NULL AND u.version <> d.lock_version THEN 'VERSION_MISMATCH'
    WHEN u.kind = 'reject' AND NOT %(person)s THEN 'PERSON_REQUIRED'
    WHEN u.kind = 'reject' AND EXISTS (
           SELECT FROM ledger_adjustment a WHERE a.dispute_id = d.id AND a.kind = 'credit'
             AND NOT EXISTS (SELECT FROM ledger_adjustment r WHERE r.parent_id = a.id)) THEN 'CREDIT_LIVE'
    WHEN u.kind = 'partial' AND (u.micros IS NULL OR u.micros <= 0 OR u.micros >= d.amount_micros)
      THEN 'PARTIAL_OUT_OF_RANGE'
    WHEN NOT %(over_limit)s
         AND CASE u.kind WHEN 'accept' THEN d.amount_micros WHEN 'partial' THEN u.micros ELSE 0 END
             > coalesce((%(limits)s::jsonb ->> d.currency)::bigint,
                        CASE WHEN %(limits)s::jsonb = '{}' THEN 9223372036854775807 ELSE 0 END) THEN 'OVER_LIMIT'
    WHEN CASE u.kind WHEN 'accept' THEN d.amount_micros WHEN 'partial' THEN u.micros ELSE 0 END
         > b.billed_micros - b.held_micros - b.credited_micros THEN 'AMOUNT_EXCEEDS_REMAINING'
    ELSE ''
  END AS code
