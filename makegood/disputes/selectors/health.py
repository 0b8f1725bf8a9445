"""What tells whether decided disputes move on."""

from __future__ import annotations

from makegood.kernel.health import Check, Unit

HEALTH = (
    Check(
        "Oldest decision whose undo window ended and whose money has not moved",
        """
        SELECT '', coalesce(extract(epoch FROM %(now)s - min(commit_after)), 0)::bigint
        FROM disputes_dispute WHERE stage = 'decided' AND commit_after < %(now)s""",
        Unit.SECONDS,
        60,
        "See whether the worker runs (makegood worker); its log says what it could not commit.",
    ),
    Check(
        "Decisions waiting in their undo window",
        "SELECT '', count(*) FROM disputes_dispute WHERE stage = 'decided' AND commit_after >= %(now)s",
        Unit.COUNT,
        100_000,
        "They move by themselves when the window ends.",
    ),
    Check(
        "Oldest bulk plan that still runs",
        """
        SELECT '', coalesce(extract(epoch FROM %(now)s - min(committed_at)), 0)::bigint
        FROM disputes_bulk_plan WHERE state = 'running'""",
        Unit.SECONDS,
        900,
        "Open the plan and stop it; what was done stays and can be undone within its window.",
    ),
    Check(
        "Longest lease past its end",
        """
        SELECT '', coalesce(extract(epoch FROM %(now)s - min(claimed_until)), 0)::bigint
        FROM disputes_dispute WHERE stage = 'in_review' AND claimed_until < %(now)s""",
        Unit.SECONDS,
        120,
        "The worker puts them back into the queue; see whether it runs.",
    ),
)
"""Commits, plans and leases."""
