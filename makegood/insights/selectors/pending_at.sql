-- Purpose     what was asked and not decided at past moments
-- Parameters  moments timestamptz[]; program_id bigint (null: any); those of view_parameters
-- Answer      rows (moment, currency, disputes, asked_micros)
-- A decision ends the wait until a new round begins; which round ran at a moment is told by the journal. In its first
-- round a dispute itself says when it was decided. The range is that of the index dispute_waited, word for word.
SELECT m.at, d.currency, count(*), sum(d.amount_micros)::bigint
FROM unnest(%(moments)s::timestamptz[]) AS m (at)
JOIN disputes_dispute d
  ON tstzrange(
       least(d.submitted_at, d.withdrawn_at, d.closed_at,
             CASE WHEN NOT (d.stage IN ('pending', 'in_review', 'info_needed')) THEN d.decided_at END),
       least(d.withdrawn_at, d.closed_at,
             CASE WHEN NOT (d.stage IN ('pending', 'in_review', 'info_needed')) THEN d.decided_at END),
       '[]') @> m.at
 AND d.submitted_at < m.at
 AND d.stage <> 'draft'
JOIN billing_charge c ON c.id = d.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
WHERE (%(program_id)s::bigint IS NULL OR d.program_id = %(program_id)s::bigint)
  AND (d.round = 1 OR NOT EXISTS (
    SELECT FROM disputes_decision x
    WHERE x.dispute_id = d.id AND x.state = 'committed' AND x.at < m.at
      AND NOT EXISTS (
        SELECT FROM journal_event e
        WHERE e.object_kind = 'dispute' AND e.object_id = d.id AND e.at >= x.at AND e.at < m.at
          AND e.event IN ('dispute.reopened', 'dispute.re_review_requested')
      )
  ))
  AND
  -- include: disputes.in_view
GROUP BY m.at, d.currency
ORDER BY m.at DESC, d.currency
