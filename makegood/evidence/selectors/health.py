"""What tells whether recordings come in."""

from __future__ import annotations

from makegood.kernel.health import Check, Unit

HEALTH = (
    Check(
        "Recordings that are due to be fetched",
        "SELECT '', count(*) FROM evidence_recording WHERE state = 'waiting' AND next_at < %(now)s",
        Unit.COUNT,
        5_000,
        "They are fetched two at a time; more workers fetch more.",
    ),
    Check(
        "Recordings that could not be fetched in the last day",
        """
        SELECT coalesce(nullif(fault, ''), 'unknown'), count(*) FROM evidence_recording
        WHERE state = 'failed' AND created_at > %(now)s - interval '1 day' GROUP BY 1 ORDER BY 2 DESC LIMIT 5""",
        Unit.COUNT,
        50,
        "makegood recordings list --failed names them; check the address and MAKEGOOD_FETCH_AUTH.",
    ),
)
"""Recordings."""
