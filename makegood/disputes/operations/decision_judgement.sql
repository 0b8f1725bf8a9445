  -- Published part of disputes: the amount a decision means, and the code that refuses it ('' when it may go on).
  -- Expects aliases u (item: kind, micros, clawback_micros, may_part, version), d (dispute), b (balance), c (charge),
  -- m (disputes.decision_amount); parameters allowed_stages text[], author bigint
  -- (whose decision it is), signing bool (whether it is the second signature under what was recommended),
  -- limits jsonb (currency -> most micros one credits alone, '*' any other, left out: nothing), over_limit bool, person bool
  -- Kinds are accept, partial, reject, and adjust: an amount from which the outcome follows.
  m.micros AS decided_micros,
  CASE WHEN u.kind <> 'adjust' THEN u.kind WHEN u.micros >= m.whole THEN 'accept' ELSE 'partial' END AS kind,
  CASE
    WHEN NOT (d.stage = ANY(%(allowed_stages)s::text[])) THEN
      CASE WHEN u.kind = 'adjust' AND d.stage = 'decided' THEN 'DECISION_PENDING'
           WHEN u.kind = 'adjust' AND d.stage = 'resolved' AND d.outcome <> 'rejected' THEN 'ALREADY_ADJUSTED'
           ELSE 'WRONG_STAGE' END
    WHEN d.waits_for_signature AND NOT %(signing)s::bool THEN 'RECOMMENDED'
    WHEN u.version IS NOT NULL AND u.version <> d.lock_version THEN 'VERSION_MISMATCH'
    WHEN u.kind = 'reject' AND NOT %(person)s THEN 'PERSON_REQUIRED'
    WHEN d.round_origin = 're_review' AND EXISTS (
           SELECT FROM disputes_decision x JOIN parties_program p ON p.id = d.program_id
           WHERE x.dispute_id = d.id AND x.round = d.round - 1 AND x.state = 'committed'
             AND x.by_id = %(author)s::bigint
             AND (p.settings #>> '{re_review,other_reviewer}')::bool) THEN 'OTHER_REVIEWER'
    WHEN u.kind = 'reject' AND EXISTS (
           SELECT FROM ledger_adjustment a WHERE a.dispute_id = d.id AND a.kind = 'credit'
             AND NOT EXISTS (SELECT FROM ledger_adjustment r WHERE r.parent_id = a.id)) THEN 'CREDIT_LIVE'
    WHEN u.kind = 'partial' AND (u.micros IS NULL OR u.micros <= 0 OR u.micros >= d.amount_micros)
      THEN 'PARTIAL_OUT_OF_RANGE'
    WHEN u.kind = 'adjust' AND u.micros <= 0 THEN 'AMOUNT_NOT_POSITIVE'
    WHEN u.kind = 'adjust' AND u.micros > d.amount_micros THEN 'AMOUNT_EXCEEDS_ASKED'
    WHEN u.kind = 'adjust' AND u.micros < m.whole AND NOT u.may_part THEN 'DECISION_NOT_OFFERED'
    WHEN NOT %(over_limit)s AND m.micros > 0
         AND coalesce((%(limits)s::jsonb ->> d.currency)::bigint, (%(limits)s::jsonb ->> '*')::bigint, 0) < m.micros +
             -- include: disputes.credited_alone
         THEN 'OVER_LIMIT'
    WHEN m.micros > b.billed_micros - b.held_micros - b.credited_micros
         OR (u.kind = 'accept' AND m.micros < least(d.amount_micros, 1)) THEN 'AMOUNT_EXCEEDS_REMAINING'
    WHEN u.clawback_micros NOT BETWEEN 0
         AND CASE WHEN m.micros = 0 OR c.vendor_id IS NULL THEN 0 ELSE b.payout_micros - b.clawed_micros END
      THEN 'CLAWBACK_OUT_OF_RANGE'
    ELSE ''
  END AS code
