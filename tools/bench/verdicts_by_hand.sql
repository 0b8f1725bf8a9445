-- name: call_marketplace
SELECT CASE
         WHEN NOT cu.dispute_permission THEN 'DISPUTES_DISABLED'
         WHEN c.billed_at IS NULL THEN 'NOT_BILLED'
         WHEN o.charge_id IS NOT NULL THEN 'ALREADY_DISPUTED'
         WHEN f.charge_id IS NOT NULL THEN 'DISPUTE_FINAL'
         ELSE ''
       END AS code, count(*)
FROM billing_charge c
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN (SELECT charge_id FROM disputes_dispute WHERE closed_at IS NULL AND stage NOT IN ('draft', 'withdrawn')) o
  ON o.charge_id = c.id
LEFT JOIN (SELECT DISTINCT charge_id FROM disputes_dispute WHERE closed_at IS NOT NULL) f ON f.charge_id = c.id
WHERE c.program_id = %(program)s
GROUP BY 1;
-- name: lead_credit
SELECT CASE
         WHEN c.billed_at IS NULL THEN 'NOT_BILLED'
         WHEN c.received_at < %(now)s::timestamptz - interval '96 hours' THEN 'WINDOW_EXPIRED'
         WHEN o.charge_id IS NOT NULL THEN 'ALREADY_DISPUTED'
         WHEN f.charge_id IS NOT NULL THEN 'DISPUTE_FINAL'
         ELSE ''
       END AS code, count(*)
FROM billing_charge c
LEFT JOIN (SELECT charge_id FROM disputes_dispute WHERE closed_at IS NULL AND stage NOT IN ('draft', 'withdrawn')) o
  ON o.charge_id = c.id
LEFT JOIN (SELECT DISTINCT charge_id FROM disputes_dispute WHERE closed_at IS NOT NULL) f ON f.charge_id = c.id
WHERE c.program_id = %(program)s
GROUP BY 1;
-- name: lead_review
SELECT CASE
         WHEN (c.lead_channel = 'phone' OR (c.lead_channel = '' AND c.subkind = 'call')) AND c.answered IS NOT true
           THEN 'NOT_ANSWERED'
         WHEN c.received_at <= %(now)s::timestamptz - interval '168 hours' THEN 'WINDOW_EXPIRED'
         WHEN (c.lead_channel = 'phone' OR (c.lead_channel = '' AND c.subkind = 'call'))
           AND c.recording_enabled IS NOT true THEN 'NO_RECORDING'
         WHEN o.charge_id IS NOT NULL THEN 'ALREADY_DISPUTED'
         WHEN f.charge_id IS NOT NULL THEN 'DISPUTE_FINAL'
         ELSE ''
       END AS code, count(*)
FROM billing_charge c
LEFT JOIN (SELECT charge_id FROM disputes_dispute WHERE closed_at IS NULL AND stage NOT IN ('draft', 'withdrawn')) o
  ON o.charge_id = c.id
LEFT JOIN (SELECT DISTINCT charge_id FROM disputes_dispute WHERE closed_at IS NOT NULL) f ON f.charge_id = c.id
WHERE c.program_id = %(program)s
GROUP BY 1;
-- name: telecom_billing
SELECT CASE
         WHEN c.billed_at IS NULL THEN 'NOT_BILLED'
         WHEN o.charge_id IS NOT NULL THEN 'ALREADY_DISPUTED'
         WHEN c.billed_micros - coalesce(b.credited_micros, 0) <= 0 THEN 'FULLY_CREDITED'
         ELSE ''
       END AS code, count(*)
FROM billing_charge c
LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
LEFT JOIN (SELECT charge_id FROM disputes_dispute WHERE closed_at IS NULL AND stage NOT IN ('draft', 'withdrawn')) o
  ON o.charge_id = c.id
WHERE c.program_id = %(program)s
GROUP BY 1;
