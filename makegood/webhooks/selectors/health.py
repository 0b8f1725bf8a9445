"""What tells whether other systems hear of what happened."""

from __future__ import annotations

from makegood.kernel.health import Check, Unit

HEALTH = (
    Check(
        "Oldest webhook delivery that is due",
        """
        SELECT '', coalesce(extract(epoch FROM %(now)s - min(next_attempt_at)), 0)::bigint
        FROM webhooks_delivery WHERE state = 'pending' AND next_attempt_at < %(now)s""",
        Unit.SECONDS,
        300,
        "See whether the worker runs; slow receivers have threads of their own.",
    ),
    Check(
        "Webhook endpoints that were paused after failures",
        "SELECT '', count(*) FROM webhooks_endpoint WHERE state = 'paused'",
        Unit.COUNT,
        0,
        "Ask the receiver, then switch the endpoint on; missed events can be sent again.",
    ),
)
"""Deliveries and endpoints."""
