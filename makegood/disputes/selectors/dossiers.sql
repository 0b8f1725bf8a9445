-- Purpose     disputes in scope with everything that a program reads of them; drafts are nobody's
-- Parameters  those of the splice and of disputes.in_view
-- Splices     which: a condition on d, the dispute
-- Answer      the fields of disputes.selectors.dossiers.Stored, in their order
SELECT d.id, d.public_id, d.label, s.public_id, d.lock_version, d.stage, d.outcome, d.round, d.origin, d.type,
       d.description, d.currency, d.amount_micros, d.decided_micros, d.decided_at, d.commit_after, d.submitted_at,
       d.closed_at, d.withdrawn_at, d.modified_at, d.claimed_until, d.decision_note, d.buyer_explanation,
       d.verdict ->> 'policy',
       d.assignee_id, coalesce(nullif(ua.name, ''), ua.email, ''),
       coalesce(nullif(us.name, ''), us.email, ''),
       d.decided_by_id, coalesce(nullif(ud.name, ''), ud.email, ''),
       coalesce(r.code, ''), coalesce(r.label, ''), coalesce(n.code, ''), coalesce(n.label, ''),
       p.key, p.settings::text,
       cu.id, cu.number, cu.name,
       coalesce(v.number, ''), coalesce(v.name, ''),
       c.id, c.billed_micros, c.payout_currency,
       coalesce(l.credit_micros, 0), coalesce(l.clawback_micros, 0), coalesce(l.reversed, false), coalesce(l.fee, false),
       coalesce(l.non_billable, false), coalesce(l.reversals, 0), coalesce(l.fees, 0),
       x.id, k.target_at, k.breach_at,
       ARRAY(SELECT f.code FROM disputes_finding f WHERE f.id = ANY(d.finding_ids) ORDER BY f.id),
       w.by_id, coalesce(nullif(uw.name, ''), uw.email, ''), w.public_id,
       g.answered_by_id, coalesce(nullif(ug.name, ''), ug.email, '')
FROM disputes_dispute d
JOIN billing_charge c ON c.id = d.charge_id
JOIN parties_customer cu ON cu.id = d.customer_id
JOIN parties_program p ON p.id = d.program_id
LEFT JOIN parties_vendor v ON v.id = c.vendor_id
LEFT JOIN disputes_submission s ON s.id = d.submission_id
LEFT JOIN disputes_reason r ON r.id = d.reason_id
LEFT JOIN disputes_resolution n ON n.id = d.resolution_id
LEFT JOIN parties_user ua ON ua.id = d.assignee_id
LEFT JOIN parties_user us ON us.id = d.submitted_by_id
LEFT JOIN parties_user ud ON ud.id = d.decided_by_id
LEFT JOIN LATERAL (
  SELECT -sum(a.amount_micros) FILTER (WHERE a.kind <> 'reversal_fee') AS credit_micros,
         -sum(a.clawback_micros) AS clawback_micros, bool_or(a.kind = 'reversal') AS reversed,
         bool_or(a.kind = 'reversal_fee') AS fee, bool_or(b.non_billable_mark) AS non_billable,
         count(*) FILTER (WHERE a.kind = 'reversal') AS reversals,
         count(*) FILTER (WHERE a.kind = 'reversal_fee') AS fees
  FROM ledger_adjustment a
  JOIN ledger_charge_balance b ON b.charge_id = a.charge_id
  WHERE a.charge_id = d.charge_id AND a.dispute_id = d.id
) l ON true
LEFT JOIN LATERAL (
  SELECT x.id FROM disputes_decision x
  WHERE x.dispute_id = d.id AND x.round = d.round AND x.state <> 'undone'
) x ON true
LEFT JOIN disputes_recommendation w ON d.waits_for_signature AND w.dispute_id = d.id AND w.state = 'waiting'
LEFT JOIN parties_user uw ON uw.id = w.by_id
LEFT JOIN disputes_recommendation g ON g.decision_id = x.id
LEFT JOIN parties_user ug ON ug.id = g.answered_by_id
LEFT JOIN LATERAL (
  SELECT min(k.target_at) AS target_at, min(k.breach_at) AS breach_at
  FROM disputes_sla_clock k
  WHERE k.dispute_id = d.id AND k.outcome = 'running' AND k.paused_at IS NULL AND k.kind <> 'info'
) k ON true
WHERE d.stage <> 'draft'
  AND
  -- splice: which
  AND
  -- include: disputes.in_view
