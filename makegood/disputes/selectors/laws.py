"""The invariants of disputes, each a query that must return no row: (what it is about, what was found)."""

from __future__ import annotations

from collections.abc import Mapping

LAWS: Mapping[str, str] = {
    "one open dispute per charge": """
        SELECT 'charge ' || charge_id, count(*) || ' open disputes' FROM disputes_dispute
        WHERE closed_at IS NULL AND stage NOT IN ('draft', 'withdrawn')
        GROUP BY charge_id HAVING count(*) > 1 ORDER BY charge_id LIMIT 5""",
    "money is held only while a decision waits": """
        SELECT d.label, h.held_micros || ' held while ' || d.stage
        FROM disputes_dispute d JOIN ledger_hold h ON h.dispute_id = d.id
        WHERE h.held_micros <> CASE WHEN d.stage = 'decided' THEN d.decided_micros ELSE 0 END
        ORDER BY d.number LIMIT 5""",
    "every filed dispute has its hold": """
        SELECT d.label, 'has no hold' FROM disputes_dispute d
        LEFT JOIN ledger_hold h ON h.dispute_id = d.id
        WHERE d.stage <> 'draft' AND h.dispute_id IS NULL ORDER BY d.number LIMIT 5""",
    "every balance copies its charge": """
        SELECT 'charge ' || b.charge_id, 'differs from what was billed'
        FROM ledger_charge_balance b LEFT JOIN billing_charge c ON c.id = b.charge_id
        WHERE (c.currency, c.billed_micros, c.tax_micros, c.payout_micros, c.payout_currency)
              IS DISTINCT FROM (b.currency, b.billed_micros, b.tax_micros, b.payout_micros, b.payout_currency)
        ORDER BY b.charge_id LIMIT 5""",
    "every refusal has a person": """
        SELECT label, 'was rejected by nobody' FROM disputes_dispute
        WHERE outcome = 'rejected' AND decided_by_id IS NULL ORDER BY number LIMIT 5""",
    "committed decisions and credits agree": """
        SELECT d.label, 'decided ' || x.micros || ', credited ' || coalesce(-a.amount_micros, 0)
        FROM disputes_decision x JOIN disputes_dispute d ON d.id = x.dispute_id
        LEFT JOIN ledger_adjustment a ON a.dispute_id = x.dispute_id AND a.round = x.round AND a.kind = 'credit'
        WHERE x.state = 'committed' AND x.micros <> coalesce(-a.amount_micros, 0) ORDER BY d.number LIMIT 5""",
    "no credit without a committed decision": """
        SELECT 'dispute ' || a.dispute_id, 'was credited without a decision' FROM ledger_adjustment a
        LEFT JOIN disputes_decision x
          ON x.dispute_id = a.dispute_id AND x.round = a.round AND x.state = 'committed'
        WHERE a.kind = 'credit' AND x.id IS NULL ORDER BY a.dispute_id LIMIT 5""",
    "one waiting decision per decided dispute": """
        SELECT d.label, count(x.id) || ' waiting decisions while ' || d.stage
        FROM disputes_dispute d LEFT JOIN disputes_decision x ON x.dispute_id = d.id AND x.state = 'held'
        GROUP BY d.id HAVING count(x.id) <> (d.stage = 'decided')::int ORDER BY d.number LIMIT 5""",
    "the journal rebuilds stage and outcome": """
        SELECT d.label, 'is ' || d.stage || ', the journal says ' || j.stage
        FROM disputes_dispute d
        JOIN LATERAL (
          SELECT CASE e.event
                   WHEN 'dispute.submitted' THEN 'pending' WHEN 'dispute.claimed' THEN 'in_review'
                   WHEN 'dispute.released' THEN 'pending' WHEN 'dispute.decided' THEN 'decided'
                   WHEN 'dispute.undone' THEN 'in_review' WHEN 'dispute.withdrawn' THEN 'withdrawn'
                   WHEN 'dispute.committed' THEN 'committed' WHEN 'dispute.draft_saved' THEN 'draft' END AS stage
          FROM journal_event e
          WHERE e.object_kind = 'dispute' AND e.object_id = d.id AND e.event <> 'dispute.edited'
          ORDER BY e.id DESC LIMIT 1) j ON true
        WHERE j.stage <> d.stage AND NOT (j.stage = 'committed' AND d.stage IN ('resolved', 'closed'))
        ORDER BY d.number LIMIT 5""",
    "every filed dispute is in the journal": """
        SELECT d.label, 'is not in the journal' FROM disputes_dispute d
        WHERE d.stage <> 'draft' AND NOT EXISTS (
          SELECT FROM journal_event e
          WHERE e.object_kind = 'dispute' AND e.object_id = d.id AND e.event = 'dispute.submitted')
        ORDER BY d.number LIMIT 5""",
}
"""Name of the law -> the query."""
