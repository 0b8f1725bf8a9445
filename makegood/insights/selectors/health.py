"""What tells how old the figures are."""

from __future__ import annotations

from makegood.kernel.health import Check, Unit

HEALTH = (
    Check(
        "Cohort days that have to be computed anew",
        "SELECT '', count(*) FROM insights_dirty_day",
        Unit.COUNT,
        500,
        "Figures lag behind until the worker has caught up.",
    ),
)
"""Figures."""
