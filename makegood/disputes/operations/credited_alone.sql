             -- Published part of disputes: what the author credited of the charge before without a second signature, and
             -- what of that was not reversed; nothing for a second signature, which two people answer for.
             -- Expects alias d (dispute); parameters author bigint, signing bool, limits jsonb
             CASE WHEN %(signing)s::bool OR %(limits)s::jsonb ? '*' THEN 0 ELSE coalesce((
               SELECT -sum(a.amount_micros) FROM ledger_adjustment a
               JOIN disputes_decision x ON x.dispute_id = a.dispute_id AND x.round = a.round AND x.state = 'committed'
               WHERE a.charge_id = d.charge_id AND a.kind = 'credit' AND x.by_id IS NOT DISTINCT FROM %(author)s::bigint
                 AND NOT EXISTS (SELECT FROM ledger_adjustment r WHERE r.parent_id = a.id)
                 AND NOT EXISTS (SELECT FROM disputes_recommendation s WHERE s.decision_id = x.id)), 0) END
