"""The invariants of notifications, each a query that must return no row: (what it is about, what was found)."""

from __future__ import annotations

from collections.abc import Mapping

LAWS: Mapping[str, str] = {
    "every message tells of what happened": """
        SELECT 'digest ' || i.digest_id, 'tells of event ' || i.event_id || ' about dispute ' || i.dispute_id
        FROM notifications_digest_item i
        LEFT JOIN journal_event e ON e.id = i.event_id
        LEFT JOIN disputes_dispute d ON d.id = i.dispute_id
        WHERE e.id IS NULL OR (d.id IS NULL AND i.template NOT IN ('alarm', 'webhook')) OR e.object_id <> i.dispute_id
        ORDER BY i.digest_id LIMIT 5""",
    "every message counts its items": """
        SELECT 'digest ' || d.id, 'says ' || d.count || ', holds ' || coalesce(n.subjects, 0)
        FROM notifications_digest d
        LEFT JOIN (SELECT digest_id, count(DISTINCT subject_id) AS subjects
                   FROM (SELECT digest_id, subject_id FROM notifications_digest_item
                         GROUP BY digest_id, subject_id, currency HAVING sum(delta) <> 0) net
                   GROUP BY digest_id) n ON n.digest_id = d.id
        WHERE d.count <> coalesce(n.subjects, 0)
          AND NOT (d.count = 0 AND d.flushed_at IS NOT NULL)  -- dropped, when somebody chose to hear nothing
        ORDER BY d.id LIMIT 5""",
    "vendors are told exactly what was posted": """
        SELECT 'digest ' || i.digest_id,
               'says ' || i.delta || ' of charge ' || i.subject_id || ', posted ' || coalesce(a.clawback_micros, 0)
        FROM notifications_digest_item i
        JOIN journal_event e ON e.id = i.event_id
        LEFT JOIN ledger_adjustment a
          ON a.charge_id = i.subject_id AND a.dispute_id = i.dispute_id AND a.payout_currency = i.currency
         AND CASE e.event WHEN 'dispute.reversed' THEN a.kind = 'reversal'
                            AND a.id = coalesce((e.changes ->> 'adjustment_id')::bigint, a.id)
                          ELSE a.kind = 'credit' AND a.round = (e.changes ->> 'round')::int END
        WHERE i.template = 'vendor_revenue' AND i.delta <> coalesce(a.clawback_micros, 0)
        ORDER BY i.digest_id LIMIT 5""",
    "every posting to a vendor is told": """
        SELECT 'event ' || e.id, 'was told to nobody of vendor ' || e.vendor_id
        FROM journal_event e
        JOIN journal_cursor k ON k.reader = 'notifications'
         AND (e.epoch, e.written_by, e.id) <= (k.epoch, k.written_by, k.event_id)
        JOIN parties_user u ON u.vendor_id = e.vendor_id AND u.is_active AND u.created_at <= e.at
        JOIN parties_role r ON r.id = u.role_id AND 'payout.view' = ANY(r.verbs)
        WHERE e.event IN ('dispute.committed', 'dispute.adjusted', 'dispute.reversed')
          AND (e.changes ->> 'clawback_micros')::bigint <> 0
          AND NOT EXISTS (SELECT FROM notifications_digest_item i
                          WHERE i.event_id = e.id AND i.template = 'vendor_revenue' AND i.recipient_id = u.id)
          -- People and programs that ever were set up in another way may have heard nothing then.
          AND NOT EXISTS (SELECT FROM journal_event x
                          WHERE x.object_kind = 'user' AND x.object_id = u.id
                            AND x.event IN ('notifications.preferred', 'user.limited'))
          AND NOT EXISTS (SELECT FROM journal_event x
                          WHERE x.object_kind = 'program' AND x.object_id = e.program_id
                            AND x.event = 'program.configured')
          AND NOT EXISTS (SELECT FROM journal_event x
                          WHERE x.object_kind = 'role' AND x.object_id = r.id AND x.event = 'role.granted')
          AND coalesce((SELECT p.settings #>> '{notify,vendor,digest}' FROM parties_program p
                        WHERE p.id = e.program_id), '4h') NOT IN ('off', 'false')
        ORDER BY e.id LIMIT 5""",
    "nobody is told one event twice": """
        SELECT 'event ' || event_id, 'was told ' || count(*) || ' times to person ' || recipient_id
        FROM notifications_digest_item GROUP BY event_id, template, recipient_id, by_email HAVING count(*) > 1
        ORDER BY event_id LIMIT 5""",
}
"""Name of the law -> the query."""
