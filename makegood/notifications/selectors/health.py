"""What tells whether messages leave."""

from __future__ import annotations

from makegood.kernel.health import Check, Unit

HEALTH = (
    Check(
        "Oldest digest that was due and is not delivered",
        """
        SELECT '', coalesce(extract(epoch FROM %(now)s - min(due_at)), 0)::bigint
        FROM notifications_digest WHERE flushed_at IS NULL AND due_at < %(now)s AND count > 0""",
        Unit.SECONDS,
        600,
        "See whether the worker runs (makegood worker).",
    ),
    Check(
        "Letters that wait for the mail server",
        """
        SELECT '', count(*) FROM notifications_digest
        WHERE by_email AND flushed_at IS NOT NULL AND mailed_at IS NULL AND count > 0
          AND coalesce(mail_after, flushed_at) < %(now)s - interval '10 minutes'""",
        Unit.COUNT,
        0,
        "Check MAKEGOOD_MAIL_HOST and what the mail server answers; letters wait and none is lost.",
    ),
)
"""Digests and letters."""
