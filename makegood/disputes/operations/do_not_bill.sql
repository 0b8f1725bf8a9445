-- Purpose     tell once what not to bill: adjustments of items of a program that are still not billed
-- Parameters  program bigint, since timestamptz null (any): of adjustments; those of journal.append_events
-- Answer      batch number, lines (null number: there is nothing to tell)
-- What was billed meanwhile is not told any more: its credit comes with a statement.
WITH told AS MATERIALIZED (
  -- include: disputes.not_told_yet
),
batch AS (
  INSERT INTO disputes_do_not_bill_batch (number, program_id, at, by_id)
  SELECT nextval('disputes_do_not_bill_number_seq'), %(program)s::bigint, %(at)s::timestamptz, %(principal)s::bigint
  WHERE EXISTS (SELECT FROM told)
  RETURNING id, number
),
lined AS (
  INSERT INTO disputes_do_not_bill_line (batch_id, adjustment_id, charge_id, micros, to_bill_micros)
  SELECT b.id, t.adjustment_id, t.charge_id, t.micros, t.to_bill_micros
  FROM told t CROSS JOIN batch b
  ORDER BY t.at, t.adjustment_id
  RETURNING id
),
to_journal AS (
  SELECT 'do_not_bill' AS object_kind, b.id AS object_id, %(program)s::bigint AS program_id,
         NULL::bigint AS customer_id, NULL::bigint AS vendor_id, 'export' AS verb, 'do_not_bill.told' AS event,
         jsonb_build_object('number', 'X-' || b.number, 'lines', (SELECT count(*) FROM told)) AS changes
  FROM batch b
),
-- include: journal.append_events
SELECT (SELECT number FROM batch), (SELECT count(*) FROM lined)
