"""The invariants of insights, queries that must return no row: (what it is about, what was found)."""

from __future__ import annotations

from collections.abc import Mapping

from makegood.kernel import sql

LAWS: Mapping[str, str] = {
    "cohort figures equal a rebuild": sql.load("insights.stale_days"),
    "totals equal their cohort days": sql.load("insights.stale_totals"),
}
"""Name of the law -> the query."""
