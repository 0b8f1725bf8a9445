-- The rows of 10,000 filed disputes as one would write them by hand: set-based, no rule judged, no answer per item.
-- name: file
CREATE TEMP TABLE picked ON COMMIT DROP AS
  SELECT c.id AS charge_id, c.program_id, c.customer_id, c.vendor_id, c.currency, c.billed_micros, c.tax_micros,
         c.payout_micros, c.payout_currency, nextval('disputes_number_seq') AS number,
         'dsp_' || md5(c.id || clock_timestamp()::text) AS public_id,
         jsonb_build_object('policy', %(policy)s::text, 'at', now(), 'fail_mask', 0, 'missing_mask', 0, 'templates', 1,
           'facts', jsonb_build_object('zone', z.name, 'files', 0, 'reason', r.code, 'reason_label', r.label,
             'currency', c.currency, 'billed_at', c.billed_at, 'received_at', c.received_at, 'closed_at', NULL,
             'closed_label', NULL, 'open_label', NULL, 'disposition', c.disposition,
             'remaining_micros', c.billed_micros)) AS verdict
  FROM billing_charge c
  JOIN disputes_reason r ON r.id = %(reason)s
  LEFT JOIN parties_zone z ON z.id = c.tz_id
  WHERE c.id = ANY(%(charges)s) ORDER BY c.id;
ANALYZE picked;
INSERT INTO ledger_charge_balance (charge_id, currency, billed_micros, held_micros, credited_micros, tax_micros,
                                   tax_credited_micros, payout_currency, payout_micros, clawed_micros, non_billable_mark)
  SELECT charge_id, currency, billed_micros, 0, 0, tax_micros, 0, payout_currency, payout_micros, 0, false FROM picked
  ON CONFLICT (charge_id) DO NOTHING;
CREATE TEMP TABLE filed ON COMMIT DROP AS
  WITH d AS (
    INSERT INTO disputes_dispute
      (number, public_id, program_id, charge_id, customer_id, currency, amount_micros, reason_id, type, description,
       origin, stage, round, decision_note, buyer_explanation, finding_ids, policy_version_id, verdict, override_cause,
       lock_version, created_at, created_by_id, submitted_at, submitted_by_id, modified_at, modified_by_id)
    SELECT number, public_id, program_id, charge_id, customer_id, currency, billed_micros, %(reason)s, 'quality',
           'measured', 'buyer', 'pending', 1, '', '', '{}', %(version)s, verdict, '', 1, now(), %(by)s, now(), %(by)s,
           now(), %(by)s
    FROM picked
    RETURNING id, number, label, charge_id, currency, amount_micros, program_id, customer_id),
  h AS (
    INSERT INTO ledger_hold (dispute_id, charge_id, currency, held_micros)
    SELECT id, charge_id, currency, 0 FROM d)
  SELECT * FROM d;
ANALYZE filed;
INSERT INTO journal_event (epoch, at, principal, principal_label, request_id, object_kind, object_id, program_id,
                           customer_id, vendor_id, verb, event, changes)
  SELECT 1, now(), %(by)s, 'bench', '', 'dispute', f.id, f.program_id, f.customer_id, p.vendor_id, 'submit',
         'dispute.submitted',
         jsonb_build_object('number', f.number, 'label', f.label, 'charge_id', f.charge_id, 'origin', 'buyer',
                            'amount_micros', f.amount_micros, 'currency', f.currency, 'reason', 'SPAM')
  FROM filed f JOIN picked p ON p.charge_id = f.charge_id;
