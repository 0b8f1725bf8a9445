"""The invariants of webhooks, each a query that must return no row: (what it is about, what was found)."""

from __future__ import annotations

from collections.abc import Mapping

LAWS: Mapping[str, str] = {
    "no delivery speaks of an undone decision": """
        SELECT 'delivery ' || d.message_id, 'tells ' || d.type || ' of event ' || d.event_id || ', ' || e.event
        FROM webhooks_delivery d JOIN journal_event e ON e.id = d.event_id
        WHERE d.type IN ('dispute.decided', 'adjustment.posted')
          AND (e.event NOT IN ('dispute.committed', 'dispute.adjusted')
               OR NOT EXISTS (SELECT FROM disputes_decision x
                              WHERE x.dispute_id = e.object_id AND x.round = (e.changes ->> 'round')::int
                                AND x.state = 'committed'))
        ORDER BY d.id LIMIT 5""",
    "every delivery tells of what happened": """
        SELECT 'delivery ' || d.message_id, 'tells of event ' || d.event_id || ', which is not there'
        FROM webhooks_delivery d LEFT JOIN journal_event e ON e.id = d.event_id
        WHERE d.event_id IS NOT NULL AND (e.id IS NULL OR d.dispute_id <> e.object_id)
        ORDER BY d.id LIMIT 5""",
    "each delivery's attempts are recorded": """
        SELECT 'delivery ' || d.message_id, 'counts ' || d.attempts || ', holds ' || count(a.id)
        FROM webhooks_delivery d LEFT JOIN webhooks_attempt a ON a.delivery_id = d.id
        GROUP BY d.id HAVING d.attempts <> count(a.id)
                          OR (d.state = 'delivered' AND NOT coalesce(bool_or(a.status BETWEEN 200 AND 299), false))
        ORDER BY d.id LIMIT 5""",
}
"""Name of the law -> the query."""
