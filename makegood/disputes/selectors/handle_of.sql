-- Purpose     find a dispute in scope by its public id, to act on it; drafts are nobody's
-- Parameters  public_id text; those of disputes.in_view
-- Answer      id, public_id, label, lock_version, currency, amount_micros, payout_currency, stage
SELECT d.id, d.public_id, d.label, d.lock_version, d.currency, d.amount_micros, c.payout_currency, d.stage
FROM disputes_dispute d
JOIN billing_charge c ON c.id = d.charge_id
JOIN parties_customer cu ON cu.id = d.customer_id
WHERE d.public_id = %(public_id)s::text AND d.stage <> 'draft'
  AND
  -- include: disputes.in_view
