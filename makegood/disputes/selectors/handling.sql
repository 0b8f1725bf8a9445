-- Purpose     how a dispute is worked on, and what of it is the reader's own; one row, whether anything was said or not
-- Parameters  dispute_id bigint, user_id bigint, now timestamptz
-- Answer      assigned_to_id, assigned_to, assigned_by, assigned_at, escalated_at, escalated_by, escalation (texts are
--             empty where nobody is named); repeats, is_repeated, follows, was_first bool; snoozed_until
SELECT h.assigned_to_id,
       coalesce(nullif(held.name, ''), held.email, '') AS assigned_to,
       coalesce(nullif(gave.name, ''), gave.email, '') AS assigned_by,
       h.assigned_at, h.escalated_at,
       coalesce(nullif(asked.name, ''), asked.email, '') AS escalated_by,
       coalesce(h.escalation, '') AS escalation,
       h.duplicate_of_id IS NOT NULL AS repeats,
       EXISTS (SELECT FROM disputes_handling o WHERE o.duplicate_of_id = this.id) AS is_repeated,
       EXISTS (SELECT FROM disputes_follow f WHERE f.dispute_id = this.id AND f.user_id = %(user_id)s::bigint)
         AS follows,
       EXISTS (SELECT FROM disputes_out_of_turn t WHERE t.dispute_id = this.id) AS was_first,
       (SELECT s.until FROM disputes_snooze s
        WHERE s.dispute_id = this.id AND s.user_id = %(user_id)s::bigint AND s.until > %(now)s::timestamptz)
         AS snoozed_until
FROM (SELECT %(dispute_id)s::bigint AS id) this
LEFT JOIN disputes_handling h ON h.dispute_id = this.id
LEFT JOIN parties_user held ON held.id = h.assigned_to_id
LEFT JOIN parties_user gave ON gave.id = h.assigned_by_id
LEFT JOIN parties_user asked ON asked.id = h.escalated_by_id
