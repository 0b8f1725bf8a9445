-- Purpose     decide disputes: place the hold, open the undo window
-- Parameters  dispute_ids bigint[], kinds text[] (accept, partial, reject, adjust), micros bigint[] (null but for
--             partial and adjust), clawbacks bigint[] (null: as the rule has it), may_parts bool[] (whether the program
--             offers a part, for adjust), notes text[], findings text[] (array literals of finding ids),
--             versions int[] (null: any), commit_afters timestamptz[]; batch text; told bool: whether the journal
--             hears of it now, as verb text and event text with facts jsonb besides; those of decision_judgement and journal.append_events
-- Answer      ordinal, id, number, code, stage, amount_micros, decided_micros, remaining_micros, clawback_left_micros,
--             currency, payout_currency, commit_after, lock_version
WITH items AS MATERIALIZED (
  SELECT u.ordinal, u.dispute_id, u.kind, u.micros, u.clawback_micros, u.may_part, u.note,
         u.finding_ids::bigint[] AS finding_ids, u.version, u.commit_after
  FROM unnest(%(dispute_ids)s::bigint[], %(kinds)s::text[], %(micros)s::bigint[], %(clawbacks)s::bigint[],
              %(may_parts)s::bool[], %(notes)s::text[], %(findings)s::text[], %(versions)s::int[],
              %(commit_afters)s::timestamptz[])
       WITH ORDINALITY
       AS u (dispute_id, kind, micros, clawback_micros, may_part, note, finding_ids, version, commit_after, ordinal)
),
uniq AS MATERIALIZED (
  SELECT DISTINCT ON (dispute_id) * FROM items ORDER BY dispute_id, ordinal
),
judged AS MATERIALIZED (
  SELECT u.ordinal, u.note, u.finding_ids, u.commit_after, u.clawback_micros, d.id AS dispute_id, d.number, d.label,
         d.charge_id, d.round, d.stage, d.amount_micros, d.currency, d.program_id, d.customer_id, d.lock_version,
         c.vendor_id, b.payout_currency, b.billed_micros - b.held_micros - b.credited_micros AS remaining_micros,
         CASE WHEN m.micros = 0 OR c.vendor_id IS NULL THEN 0 ELSE b.payout_micros - b.clawed_micros END
           AS clawback_left_micros,
         -- include: disputes.decision_judgement
  FROM uniq u
  JOIN disputes_dispute d ON d.id = u.dispute_id
  JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
  JOIN billing_charge c ON c.id = d.charge_id
  -- include: disputes.decision_amount
  ORDER BY d.charge_id, d.id
  FOR UPDATE OF d, b
),
decided AS (
  UPDATE disputes_dispute d
  SET stage = 'decided',
      outcome = CASE j.kind WHEN 'accept' THEN 'accepted' WHEN 'partial' THEN 'accepted_partial' ELSE 'rejected' END,
      decided_micros = j.decided_micros, decided_clawback_micros = j.clawback_micros, decided_by_id = %(author)s::bigint, waits_for_signature = false, decided_at = %(at)s, decision_note = j.note,
      finding_ids = j.finding_ids, commit_after = j.commit_after, lock_version = d.lock_version + 1,
      modified_at = %(at)s, modified_by_id = %(principal)s
  FROM judged j
  WHERE d.id = j.dispute_id AND j.code = ''
  RETURNING d.id, d.lock_version
),
written AS (
  INSERT INTO disputes_decision
    (dispute_id, round, kind, micros, clawback_micros, finding_ids, note, by_id, at, batch, state)
  SELECT dispute_id, round, kind, decided_micros, clawback_micros, finding_ids, note, %(author)s::bigint, %(at)s, %(batch)s, 'held'
  FROM judged WHERE code = ''
  RETURNING id
),
to_hold AS (
  SELECT dispute_id, charge_id, decided_micros AS micros FROM judged WHERE code = '' AND decided_micros > 0
),
-- include: ledger.place_holds
,
to_journal AS (
  SELECT 'dispute' AS object_kind, j.dispute_id AS object_id, j.program_id, j.customer_id, j.vendor_id,
         %(verb)s::text AS verb, %(event)s::text AS event,
         jsonb_build_object('number', j.number, 'label', j.label, 'round', j.round, 'outcome',
           CASE j.kind WHEN 'accept' THEN 'accepted' WHEN 'partial' THEN 'accepted_partial' ELSE 'rejected' END,
           'micros', j.decided_micros, 'currency', j.currency, 'commit_after', j.commit_after) || %(facts)s::jsonb AS changes
  FROM judged j
  WHERE j.code = '' AND %(told)s
),
-- include: journal.append_events
SELECT i.ordinal, i.dispute_id, j.label, coalesce(j.code, CASE WHEN u.ordinal IS NULL THEN 'ALREADY_DECIDED'
                                                                ELSE 'NOT_FOUND' END),
       j.stage, j.amount_micros, j.decided_micros, j.remaining_micros, j.clawback_left_micros, j.currency,
       j.payout_currency, i.commit_after,
       j.lock_version + (j.code = '')::int
FROM items i
LEFT JOIN uniq u ON u.ordinal = i.ordinal
LEFT JOIN judged j ON j.ordinal = i.ordinal
ORDER BY i.ordinal
