-- The work of decide and commit as one would write it by hand: set-based, no judging, no messages to people.
-- name: decide
CREATE TEMP TABLE picked ON COMMIT DROP AS
  SELECT d.id, d.charge_id, d.amount_micros, d.currency, d.program_id, d.customer_id, d.number, c.vendor_id
  FROM disputes_dispute d
  JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
  JOIN billing_charge c ON c.id = d.charge_id
  WHERE d.id = ANY(%(ids)s) ORDER BY d.charge_id FOR UPDATE OF d, b;
ANALYZE picked;
UPDATE disputes_dispute d SET stage = 'decided', outcome = 'accepted', decided_micros = p.amount_micros,
  decided_by_id = %(by)s, decided_at = now(), commit_after = now(), lock_version = lock_version + 1,
  modified_at = now(), modified_by_id = %(by)s
FROM picked p WHERE d.id = p.id;
INSERT INTO disputes_decision (dispute_id, round, kind, micros, finding_ids, note, by_id, at, batch, state)
  SELECT id, 1, 'accept', amount_micros, '{}', '', %(by)s, now(), 'by hand', 'held' FROM picked;
UPDATE ledger_hold h SET held_micros = p.amount_micros FROM picked p WHERE h.dispute_id = p.id;
UPDATE ledger_charge_balance b SET held_micros = held_micros + p.amount_micros FROM picked p
  WHERE b.charge_id = p.charge_id;
INSERT INTO journal_event (epoch, at, principal, principal_label, request_id, object_kind, object_id, program_id,
                           customer_id, vendor_id, verb, event, changes)
  SELECT 1, now(), %(by)s, 'bench', '', 'dispute', id, program_id, customer_id, vendor_id, 'decide', 'dispute.decided',
         jsonb_build_object('number', number, 'micros', amount_micros, 'currency', currency)
  FROM picked;
-- name: commit
CREATE TEMP TABLE due ON COMMIT DROP AS
  SELECT d.id, d.charge_id, d.decided_micros AS credit, d.currency, b.payout_currency, d.program_id, d.customer_id,
         d.number, c.vendor_id, nextval('ledger_entry_id_seq') AS entry_id,
         div(b.payout_micros::numeric * (b.credited_micros + d.decided_micros), b.billed_micros)::bigint
           - b.clawed_micros AS clawback
  FROM disputes_dispute d
  JOIN ledger_charge_balance b ON b.charge_id = d.charge_id
  JOIN billing_charge c ON c.id = d.charge_id
  WHERE d.id = ANY(%(ids)s) ORDER BY d.charge_id FOR UPDATE OF d, b;
ANALYZE due;
UPDATE disputes_dispute d SET stage = 'closed', closed_at = now(), lock_version = lock_version + 1, modified_at = now()
FROM due p WHERE d.id = p.id;
UPDATE disputes_decision x SET state = 'committed' FROM due p WHERE x.dispute_id = p.id AND x.state = 'held';
UPDATE ledger_charge_balance b SET held_micros = held_micros - p.credit,
  credited_micros = credited_micros + p.credit, clawed_micros = clawed_micros + p.clawback
FROM due p WHERE b.charge_id = p.charge_id;
UPDATE ledger_hold h SET held_micros = 0 FROM due p WHERE h.dispute_id = p.id;
WITH entered AS (
  INSERT INTO ledger_entry (id, at, kind, origin) SELECT entry_id, now(), 'credit', 'dispute:' || id || ':1' FROM due)
INSERT INTO ledger_posting (entry_id, account_id, currency, micros)
  SELECT p.entry_id, a.id, a.currency, l.micros
  FROM due p
  CROSS JOIN LATERAL (VALUES ('REV_CONTRA:' || p.program_id, p.currency, p.credit),
                             ('AR:' || p.customer_id, p.currency, -p.credit),
                             ('AP:' || p.vendor_id, p.payout_currency, p.clawback),
                             ('PAYOUT_CONTRA:' || p.program_id, p.payout_currency, -p.clawback)) l (key, currency, micros)
  JOIN ledger_account a ON a.key = l.key AND a.currency = l.currency;
INSERT INTO ledger_adjustment (dispute_id, charge_id, currency, payout_currency, round, kind, amount_micros, tax_micros,
                               clawback_micros, entry_id, external_ref, idempotency_key, at)
  SELECT id, charge_id, currency, payout_currency, 1, 'credit', -credit, 0, -clawback, entry_id, '',
         'credit:' || id || ':1', now() FROM due;
INSERT INTO journal_event (epoch, at, principal, principal_label, request_id, object_kind, object_id, program_id,
                           customer_id, vendor_id, verb, event, changes)
  SELECT 1, now(), NULL, 'bench', '', 'dispute', id, program_id, customer_id, vendor_id, 'commit', 'dispute.committed',
         jsonb_build_object('number', number, 'charge_id', charge_id, 'credit_micros', credit, 'clawback_micros',
                            clawback, 'currency', currency)
  FROM due;
