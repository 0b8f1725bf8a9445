"""The invariants of disputes, each a query that must return no row: (what it is about, what was found)."""

from __future__ import annotations

from collections.abc import Mapping

LAWS: Mapping[str, str] = {
    "no dispute shows a file that was taken away": """
        SELECT d.label, 'shows ' || f.public_id || ', which was taken away'
        FROM disputes_dispute_file x
        JOIN disputes_dispute d ON d.id = x.dispute_id
        JOIN evidence_file f ON f.id = x.file_id
        WHERE f.deleted_at IS NOT NULL ORDER BY d.number LIMIT 5""",
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
    "a dispute waits for a signature while a recommendation does": """
        SELECT d.label, count(r.id) || ' recommendations wait, the dispute says ' || d.waits_for_signature
        FROM disputes_dispute d
        LEFT JOIN disputes_recommendation r ON r.dispute_id = d.id AND r.state = 'waiting'
        GROUP BY d.id HAVING (count(r.id) = 1) <> d.waits_for_signature OR count(r.id) > 1
        ORDER BY d.number LIMIT 5""",
    "what two people signed was decided by the first": """
        SELECT d.label,
               r.public_id || ' was approved, its decision is ' || coalesce(x.kind || ' of ' || x.micros, 'missing')
        FROM disputes_recommendation r JOIN disputes_dispute d ON d.id = r.dispute_id
        LEFT JOIN disputes_decision x ON x.id = r.decision_id
        WHERE r.state = 'approved'
          AND (x.dispute_id, x.round, x.by_id, x.kind, x.micros)
              IS DISTINCT FROM (r.dispute_id, r.round, r.by_id, r.kind, r.credit_micros)
        ORDER BY d.number LIMIT 5""",
    "nobody signed their own decision": """
        SELECT d.label, r.public_id || ' was ' || r.state || ' by its author'
        FROM disputes_recommendation r JOIN disputes_dispute d ON d.id = r.dispute_id
        WHERE r.state IN ('approved', 'declined') AND r.answered_by_id IS NOT DISTINCT FROM r.by_id
        ORDER BY d.number LIMIT 5""",
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
    "the journal rebuilds stage, outcome and round": """
        WITH told AS (
          SELECT e.object_id,
                 (array_agg(CASE m.stage WHEN 'finished' THEN coalesce(e.changes ->> 'stage', m.stage) ELSE m.stage END
                            ORDER BY e.id DESC))[1] AS stage,
                 (array_agg(CASE WHEN m.decides THEN e.changes ->> 'outcome' END ORDER BY e.id DESC)
                    FILTER (WHERE m.decides IS NOT NULL))[1] AS outcome,
                 coalesce((array_agg((e.changes ->> 'round')::int ORDER BY e.id DESC) FILTER (WHERE m.opens))[1], 1)
                   AS round
          FROM journal_event e
          JOIN (VALUES
            ('dispute.draft_saved', 'draft', false, false), ('dispute.submitted', 'pending', false, false),
            ('dispute.claimed', 'in_review', NULL, false), ('dispute.released', 'pending', NULL, false),
            ('dispute.info_requested', 'info_needed', NULL, false), ('dispute.info_lapsed', 'pending', NULL, false),
            ('dispute.info_provided', 'in_review', NULL, false), ('dispute.withdrawn', 'withdrawn', NULL, false),
            ('dispute.decided', 'decided', true, false), ('dispute.undone', 'in_review', false, false),
            ('dispute.recommended', 'in_review', NULL, false), ('dispute.approved', 'decided', true, false),
            ('dispute.committed', 'finished', true, false), ('dispute.adjusted', 'resolved', true, false),
            ('dispute.closed', 'closed', NULL, false), ('dispute.reopened', 'pending', false, true),
            ('dispute.re_review_requested', 'pending', false, true)
          ) AS m (event, stage, decides, opens) ON m.event = e.event
          WHERE e.object_kind = 'dispute'
          GROUP BY e.object_id)
        SELECT d.label, 'is ' || concat_ws(', ', d.stage, d.outcome, 'round ' || d.round)
               || '; the journal says ' || concat_ws(', ', j.stage, j.outcome, 'round ' || j.round)
        FROM disputes_dispute d JOIN told j ON j.object_id = d.id
        WHERE (d.stage <> j.stage AND NOT (j.stage = 'finished' AND d.stage IN ('resolved', 'closed')))
           OR d.outcome IS DISTINCT FROM j.outcome OR d.round <> j.round
        ORDER BY d.number LIMIT 5""",
    "a statement is the sum of its lines and what it carried on": """
        SELECT 'S-' || s.number, 'says ' || s.sum_micros || ', its lines ' || coalesce(sum(l.micros), 0)
               || ', settles ' || s.settled_micros || ' and carries ' || s.remainder_micros
        FROM disputes_statement_credit s LEFT JOIN disputes_statement_credit_line l ON l.statement_id = s.id
        GROUP BY s.id
        HAVING coalesce(sum(l.micros), 0) <> s.sum_micros
            OR s.sum_micros + s.carried_micros <> s.settled_micros + s.remainder_micros
        ORDER BY s.number LIMIT 5""",
    "a line of a statement says what its adjustment says": """
        SELECT 'adjustment ' || a.id, 'is ' || l.micros || ' on a statement of the ' || l.party
        FROM disputes_statement_credit_line l JOIN ledger_adjustment a ON a.id = l.adjustment_id
        WHERE l.micros <> CASE l.party WHEN 'customer' THEN a.amount_micros + a.tax_micros ELSE a.clawback_micros END
        ORDER BY a.id LIMIT 5""",
    "every statement carries on the remainder of the one before": """
        SELECT 'S-' || s.number, 'carries ' || s.carried_micros || ' of ' || coalesce(p.remainder_micros, 0)
        FROM disputes_statement_credit s
        LEFT JOIN disputes_statement_credit p
          ON p.account_key = s.account_key AND p.currency = s.currency AND p.sequence = s.sequence - 1
        WHERE s.carried_micros <> coalesce(p.remainder_micros, 0) OR (p.id IS NULL AND s.sequence > 1)
        ORDER BY s.number LIMIT 5""",
    "the rounding account holds the remainders that are carried": """
        SELECT 'ROUNDING ' || currency, 'holds ' || sum(held) || ', remainders are ' || sum(carried)
        FROM (
          SELECT p.currency, p.micros AS held, 0 AS carried
          FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id AND a.kind = 'ROUNDING'
          UNION ALL
          SELECT currency, 0, CASE party WHEN 'vendor' THEN -remainder_micros ELSE remainder_micros END
          FROM (SELECT DISTINCT ON (account_key, currency) * FROM disputes_statement_credit
                ORDER BY account_key, currency, sequence DESC) last
        ) x
        GROUP BY currency HAVING sum(held) <> sum(carried) ORDER BY currency LIMIT 5""",
    "what was told not to be billed was not billed, or came back": """
        SELECT 'charge ' || l.charge_id, 'was billed although batch X-' || max(b.number) || ' told not to;'
               || ' the next statement gives ' || -sum(l.micros) || ' back'
        FROM disputes_do_not_bill_line l
        JOIN disputes_do_not_bill_batch b ON b.id = l.batch_id
        JOIN billing_charge c ON c.id = l.charge_id AND c.billed_at IS NOT NULL
        WHERE NOT EXISTS (SELECT FROM disputes_statement_credit_line s
                          WHERE s.adjustment_id = l.adjustment_id AND s.party = 'customer')
        GROUP BY l.charge_id HAVING sum(l.micros) < 0  -- a reversal that was told as well bills it again
        ORDER BY l.charge_id LIMIT 5""",
    "nothing waits on a corrected charge": """
        SELECT d.label, 'waits on charge ' || d.charge_id || ', which ' || n.id || ' corrects'
        FROM billing_charge n JOIN disputes_dispute d ON d.charge_id = n.corrects_id
        WHERE n.corrects_id IS NOT NULL AND d.closed_at IS NULL AND d.stage NOT IN ('draft', 'withdrawn')
        ORDER BY d.label LIMIT 5""",
    "every filed dispute is in the journal": """
        SELECT d.label, 'is not in the journal' FROM disputes_dispute d
        WHERE d.stage <> 'draft' AND NOT EXISTS (
          SELECT FROM journal_event e
          WHERE e.object_kind = 'dispute' AND e.object_id = d.id AND e.event = 'dispute.submitted')
        ORDER BY d.number LIMIT 5""",
    "a submission totals what its lines asked": """
        SELECT 'D-' || s.number, 'totals ' || s.total_micros || ', its lines asked ' || coalesce(sum(l.asked), 0)
        FROM disputes_submission s
        LEFT JOIN LATERAL (
          SELECT (e.changes ->> 'amount_micros')::bigint AS asked
          FROM disputes_dispute d
          JOIN journal_event e ON e.object_kind = 'dispute' AND e.object_id = d.id AND e.event = 'dispute.submitted'
          WHERE d.submission_id = s.id) l ON true
        GROUP BY s.id HAVING s.total_micros <> coalesce(sum(l.asked), 0) ORDER BY s.number LIMIT 5""",
}
"""Name of the law -> the query."""
