-- What the manager's pages show, as one would ask for it by hand: the rows and figures alone, no scope, no words.
-- name: queue
SELECT d.label, d.amount_micros, d.currency, r.label, cu.name, v.name, u.name, d.stage,
       coalesce(k.breach_at, k.target_at) AS due_at, rec.duration_ms
FROM disputes_dispute d
JOIN billing_charge c ON c.id = d.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN parties_vendor v ON v.id = c.vendor_id
LEFT JOIN disputes_reason r ON r.id = d.reason_id
LEFT JOIN parties_user u ON u.id = d.assignee_id
LEFT JOIN evidence_recording rec ON rec.charge_id = c.id
LEFT JOIN disputes_sla_clock k ON k.dispute_id = d.id AND k.outcome = 'running' AND k.kind IN ('decision', 're_review')
WHERE d.stage IN ('pending', 'in_review', 'info_needed')
ORDER BY coalesce(k.breach_at, k.target_at, '9000-01-01'), d.submitted_at, d.id LIMIT 50;
SELECT count(*), count(*) FILTER (WHERE stage = 'info_needed'), count(*) FILTER (WHERE stage = 'in_review')
FROM disputes_dispute WHERE stage IN ('pending', 'in_review', 'info_needed');
-- name: lane
SELECT d.id, d.label FROM disputes_dispute d
LEFT JOIN disputes_sla_clock k ON k.dispute_id = d.id AND k.outcome = 'running' AND k.kind IN ('decision', 're_review')
WHERE d.stage IN ('pending', 'in_review')
ORDER BY coalesce(k.breach_at, k.target_at, '9000-01-01'), d.submitted_at, d.id LIMIT 4;
SELECT d.*, c.*, b.*, r.label, cu.name, v.name, p.settings
FROM disputes_dispute d
JOIN billing_charge c ON c.id = d.charge_id
JOIN ledger_charge_balance b ON b.charge_id = c.id
JOIN parties_customer cu ON cu.id = c.customer_id
JOIN parties_program p ON p.id = d.program_id
LEFT JOIN parties_vendor v ON v.id = c.vendor_id
LEFT JOIN disputes_reason r ON r.id = d.reason_id
WHERE d.label = %(label)s;
SELECT e.* FROM journal_event e JOIN disputes_dispute d ON d.id = e.object_id
WHERE e.object_kind = 'dispute' AND d.label = %(label)s ORDER BY e.id;
SELECT f.* FROM disputes_finding f JOIN disputes_dispute d ON d.program_id = f.program_id WHERE d.label = %(label)s;
-- name: detail
SELECT d.*, c.*, b.*, r.label, cu.name, v.name, p.settings
FROM disputes_dispute d
JOIN billing_charge c ON c.id = d.charge_id
JOIN ledger_charge_balance b ON b.charge_id = c.id
JOIN parties_customer cu ON cu.id = c.customer_id
JOIN parties_program p ON p.id = d.program_id
LEFT JOIN parties_vendor v ON v.id = c.vendor_id
LEFT JOIN disputes_reason r ON r.id = d.reason_id
WHERE d.label = %(label)s;
SELECT e.* FROM journal_event e JOIN disputes_dispute d ON d.id = e.object_id
WHERE e.object_kind = 'dispute' AND d.label = %(label)s ORDER BY e.id;
SELECT x.* FROM disputes_decision x JOIN disputes_dispute d ON d.id = x.dispute_id WHERE d.label = %(label)s;
-- name: quality
SELECT key, sum(billed), sum(disputes), sum(accepted + accepted_partial), sum(invalid)
FROM insights_day_total WHERE by = %(by)s AND day >= current_date - 90 GROUP BY key ORDER BY 3 DESC LIMIT 50;
