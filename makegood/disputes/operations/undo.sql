-- Purpose     take decisions back inside their undo window: void the hold; no posting, no message
-- Parameters  dispute_ids bigint[], versions int[] (null: any), leases int[] (seconds of a lease); any_decision bool;
--             those of journal.append_events
-- Answer      ordinal, id, number, code, stage, lock_version
WITH items AS MATERIALIZED (
  SELECT u.* FROM unnest(%(dispute_ids)s::bigint[], %(versions)s::int[], %(leases)s::int[])
    WITH ORDINALITY AS u (dispute_id, version, lease_seconds, ordinal)
),
uniq AS MATERIALIZED (
  SELECT DISTINCT ON (dispute_id) * FROM items ORDER BY dispute_id, ordinal
),
judged AS MATERIALIZED (
  SELECT u.ordinal, u.lease_seconds, d.id AS dispute_id, d.number, d.label, d.charge_id, d.round, d.stage, d.decided_micros, d.program_id,
         d.customer_id, d.lock_version, d.outcome, d.currency,
         CASE
           WHEN d.stage <> 'decided' THEN 'WRONG_STAGE'
           WHEN d.commit_after <= %(at)s THEN 'UNDO_EXPIRED'
           WHEN d.decided_by_id IS DISTINCT FROM %(principal)s AND NOT %(any_decision)s
                AND NOT EXISTS (SELECT FROM disputes_recommendation r JOIN disputes_decision x ON x.id = r.decision_id
                                WHERE r.dispute_id = d.id AND x.state = 'held' AND r.answered_by_id = %(principal)s)
             THEN 'NOT_YOURS'
           WHEN u.version IS NOT NULL AND u.version <> d.lock_version THEN 'VERSION_MISMATCH'
           ELSE ''
         END AS code
  FROM uniq u
  JOIN disputes_dispute d ON d.id = u.dispute_id
  JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
  ORDER BY d.charge_id, d.id
  FOR UPDATE OF d, b
),
reopened AS (
  UPDATE disputes_dispute d
  SET stage = 'in_review', outcome = NULL, decided_micros = NULL, decided_clawback_micros = NULL, decided_by_id = NULL, decided_at = NULL,
      decision_note = '', finding_ids = '{}', commit_after = NULL, assignee_id = %(principal)s,
      claimed_until = %(at)s::timestamptz + make_interval(secs => j.lease_seconds), lock_version = d.lock_version + 1, modified_at = %(at)s,
      modified_by_id = %(principal)s
  FROM judged j WHERE d.id = j.dispute_id AND j.code = ''
  RETURNING d.id
),
unmade AS (
  UPDATE disputes_decision x SET state = 'undone'
  FROM judged j
  WHERE x.dispute_id = j.dispute_id AND x.round = j.round AND x.state = 'held' AND j.code = ''
  RETURNING x.id
),
to_void AS (
  SELECT dispute_id, charge_id, decided_micros AS micros FROM judged WHERE code = '' AND decided_micros > 0
),
-- include: ledger.void_holds
,
to_journal AS (
  SELECT 'dispute' AS object_kind, j.dispute_id AS object_id, j.program_id, j.customer_id, c.vendor_id,
         'undo' AS verb, 'dispute.undone' AS event,
         jsonb_build_object('number', j.number, 'label', j.label, 'round', j.round, 'outcome', j.outcome, 'micros', j.decided_micros,
                            'currency', j.currency) AS changes
  FROM judged j JOIN billing_charge c ON c.id = j.charge_id
  WHERE j.code = ''
),
-- include: journal.append_events
SELECT i.ordinal, i.dispute_id, j.label, coalesce(j.code, CASE WHEN u.ordinal IS NULL THEN 'WRONG_STAGE'
                                                                ELSE 'NOT_FOUND' END),
       j.stage, j.lock_version + (j.code = '')::int
FROM items i
LEFT JOIN uniq u ON u.ordinal = i.ordinal
LEFT JOIN judged j ON j.ordinal = i.ordinal
ORDER BY i.ordinal
