"""What a campaign promises, as people read it: one sentence per condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.billing.models import Campaign


def criteria_of(campaign: Campaign | None) -> tuple[str, ...]:
    """The published conditions of a campaign in sentences; none without a campaign or without conditions."""
    return criteria_sentences(campaign.criteria) if campaign else ()


def criteria_sentences(criteria: Mapping[str, Any]) -> tuple[str, ...]:
    """The same of criteria as they are kept: length, duplicates, area, and the operator's own words."""
    said = []
    if seconds := criteria.get("billable_after_s"):
        said.append(f"Billable after {_count(seconds, 'second')}.")
    if days := criteria.get("duplicate_window_days"):
        said.append(f"A caller counts once in {_count(days, 'day')}.")
    if area := criteria.get("service_area"):
        said.append("Service area: " + ", ".join(str(state) for state in area) + ".")
    if text := criteria.get("text"):
        said.append(str(text))
    return tuple(said)


def _count(number: Any, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
